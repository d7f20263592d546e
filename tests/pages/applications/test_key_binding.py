"""A developer says that the tokens of an application are always bound to a key, where the site has DPoP."""

from __future__ import annotations

import pytest

from oauthcore.models import Application, SecurityEvent

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("a box of the form sets a column of booleans")]

BOX = 'name="dpop_bound_access_tokens"'


def now(application):
    return Application.objects.get(pk=application.pk)


def test_a_developer_has_the_tokens_of_an_application_bound_to_keys_and_back(grace, press):
    assert grace.change(press, dpop_bound_access_tokens="on").status_code == 303
    assert now(press).dpop_bound_access_tokens
    assert f"{BOX} checked" in grace.see(press, "edit").content.decode()
    assert SecurityEvent.objects.get().reason == "dpop_bound_access_tokens"

    assert grace.change(press, name="Renamed").status_code == 303
    assert not now(press).dpop_bound_access_tokens


@pytest.mark.parametrize("chosen", [{}, {"dpop_bound_access_tokens": "on"}], ids=str)
def test_a_new_application_is_as_its_developer_says(grace, chosen):
    grace.register(**chosen)

    assert Application.objects.get().dpop_bound_access_tokens is bool(chosen)


def test_where_the_site_has_no_dpop_nothing_is_asked_and_it_stays_as_it_was(grace, settings):
    application = grace.has(dpop_bound_access_tokens=True)
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": False}

    assert BOX not in grace.see(application, "edit").content.decode()
    grace.change(application, name="Renamed", dpop_bound_access_tokens="")

    assert now(application).dpop_bound_access_tokens


def test_a_legacy_application_is_not_asked(grace):
    application = grace.has(profile="oauth2.0")

    assert BOX not in grace.see(application, "edit").content.decode()
    grace.change(application, name="Renamed", dpop_bound_access_tokens="on")

    assert not now(application).dpop_bound_access_tokens
