"""A site with ``USE_TZ = False`` keeps its times without a zone: every screen and command works there too."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.core.management import call_command

from oauthcore.models import Consent, Grant, ScopeRequest, SecurityEvent, ServiceToken, TOTPFactor
from tests.support.admin.tokens import in_days, made
from tests.support.factories import UserFactory, device_session, open_grant, register
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db

SCREENS = [ScopeRequest, SecurityEvent, ServiceToken, TOTPFactor, Grant, Consent]


@pytest.fixture
def naive(settings):
    """Berlin is two hours ahead of UTC in June."""
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Berlin"


@pytest.fixture
def rows(naive):
    """A row for each list, and of grants one of each sort."""
    account, user = AccountFactory(), UserFactory()
    application = register().application
    token, _ = made(account, expires_at=in_days(3))
    ServiceToken.objects.filter(pk=made(account)[0].pk).update(revoked_at=in_days(0))
    open_grant(user=user, revoked_at=in_days(0), expires_at=in_days(2))
    device_session(user)
    Consent.objects.create(user=user, application=application, scopes=["read"])
    ScopeRequest.objects.create(application=application, scope="api.upload", reason="Please.")
    TOTPFactor.objects.create(user=user, seed=b"x", confirmed_at=in_days(0))
    return token


@pytest.mark.parametrize("model", SCREENS, ids=lambda one: one._meta.model_name)
def test_every_list_and_page_of_the_admin_is_shown(admin_client, rows, model):
    path = f"/admin/oauthcore/{model._meta.model_name}/"

    assert admin_client.get(path).status_code == 200
    assert admin_client.get(path, {"created_at__on": "2026-11-28"}).status_code in (200, 302)
    for row in model.objects.all():
        if model is Grant and row.kind == Grant.Kind.SERVICE:
            continue
        assert admin_client.get(f"{path}{row.pk}/change/").status_code == 200, row


def test_a_day_is_the_sites_own(admin_client, naive):
    SecurityEvent.objects.create(kind="signed_in", at=datetime(2030, 6, 15, 23, 30))  # noqa: DTZ001

    page = admin_client.get("/admin/oauthcore/securityevent/", {"at__on": "2030-06-15"})

    assert "June 15, 2030, 11:30 p.m." in text_of(page)


def test_times_for_programs_are_in_utc(rows, capsys):
    ServiceToken.objects.filter(pk=rows.pk).update(expires_at=datetime(2030, 6, 16, 14, 0))  # noqa: DTZ001

    call_command("service_token_list", "--json")

    lines = map(json.loads, capsys.readouterr().out.splitlines())
    [told] = [one for one in lines if one["uuid"] == str(rows.uuid)]
    assert told["expires_at"] == "2030-06-16T12:00:00+00:00"


@pytest.mark.parametrize("given", ["2030-06-20", "2030-06-20T00:00:00+02:00", "5"])
def test_commands_take_dates_and_times(naive, clock, given):
    arguments = (str(AccountFactory().uuid), "Export", "--scope", "api.images.read", "--expires", given)

    call_command("service_token_create", *arguments)

    assert ServiceToken.objects.get().expires_at.date() == datetime(2030, 6, 20).date()  # noqa: DTZ001
