"""Device codes: what a device is told while it waits, and what it gets once (RFC 8628 §3.4, §3.5)."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.db import connection

from oauthcore.models import Application, DeviceAuthorization, Grant, Profile, Refusal, SecurityEvent
from oauthcore.recording.writing import BATCHES
from tests.support.devices.television import (
    GRANT_TYPE,
    Television,
    Viewer,
    register_server,
    register_television,
)
from tests.support.factories import open_grant, register
from tests.support.oauth import OAuthClient, is_live, me
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def television(clock) -> Television:
    """A television that has begun."""
    television = Television()
    assert television.begin().status_code == 200
    return television


@pytest.fixture
def viewer(clock) -> Viewer:
    return Viewer()


@pytest.mark.rfc("8628", "3.5")
def test_a_device_waits_until_its_person_has_approved_and_then_gets_tokens(television, viewer, clock):
    assert television.error() == "authorization_pending"
    viewer.approve(television.user_code)
    clock.shift(5)

    answer = television.poll()

    assert answer.status_code == 200
    tokens = answer.json()
    assert (tokens["token_type"], tokens["scope"]) == ("Bearer", "read")
    assert me(tokens["access_token"]).json()["user"]["username"] == viewer.user.username
    assert OAuthClient(television.registered).refresh(tokens["refresh_token"]).status_code == 200


def test_an_approval_whose_grant_was_deleted_by_sql_gives_nothing(television, viewer, clock):
    viewer.approve(television.user_code)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM oauthcore_grant")
    clock.shift(5)

    assert television.error() == "invalid_grant"


def test_an_approval_whose_grant_is_another_applications_gives_nothing(television, viewer, clock):
    """No constraint watches the key, so rows that were moved by SQL may point anywhere."""
    viewer.approve(television.user_code)
    DeviceAuthorization.objects.update(grant=open_grant())
    clock.shift(5)

    assert television.error() == "invalid_grant"


@pytest.mark.rfc("8628", "3.4")
def test_a_confidential_application_has_to_prove_who_it_is(clock, viewer):
    television = Television(register_server())
    assert television.begin(client_secret="wrong").status_code == 401
    television.begin()
    viewer.approve(television.user_code)

    refused = television.poll(client_secret="wrong")

    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert television.poll().status_code == 200


@pytest.mark.rfc("8628", "3.5")
def test_waiting_is_no_refusal_and_fills_no_list(television):
    television.error()
    for batch in BATCHES:
        batch.flush()

    assert not Refusal.objects.exists()
    assert not SecurityEvent.objects.exists()


@pytest.mark.rfc("8628", "3.5")
@pytest.mark.parametrize("is_approved", [False, True])
def test_a_code_expires(is_approved, television, viewer, clock):
    if is_approved:
        viewer.approve(television.user_code)
    clock.shift(600)

    assert television.error() == "expired_token"
    assert television.error() == "expired_token", "however fast it asks"


@pytest.mark.rfc("8628", "3.5")
def test_a_no_is_access_denied(television, viewer):
    viewer.approve(television.user_code, decision="deny")

    assert television.error() == "access_denied"
    assert not Grant.objects.exists()


@pytest.mark.rfc("8628", "3.4")
def test_a_code_works_once_and_a_second_use_ends_its_grant(television, viewer, clock):
    viewer.approve(television.user_code)
    tokens = television.poll().json()
    clock.shift(5)

    assert television.error() == "invalid_grant"

    grant = Grant.objects.get()
    assert grant.revoked_reason == "device code replayed"
    assert not is_live(tokens["access_token"])
    events = SecurityEvent.objects.filter(grant_uuid=grant.uuid, kind=SecurityEvent.Kind.CODE_REPLAYED)
    assert events.count() == 1


@pytest.mark.rfc("8628", "3.4")
@pytest.mark.parametrize("text", ["nonsense", "ref_api_access_" + "x" * 49])
def test_what_is_no_device_code_is_invalid_grant(text, television):
    assert television.error(device_code=text) == "invalid_grant"


@pytest.mark.rfc("8628", "3.4")
def test_another_application_gets_nothing_for_it_and_changes_nothing(television, viewer):
    viewer.approve(television.user_code)
    stranger = Television(register_television(name="Somebody Else"))
    stranger.codes = television.codes

    assert stranger.error() == "invalid_grant"
    assert television.poll().status_code == 200


@pytest.mark.rfc("8628", "3.4")
@pytest.mark.parametrize("sent", [None, ["one", "two"]])
def test_the_code_is_sent_once(sent, television):
    assert television.error(device_code=sent) == "invalid_request"


@pytest.mark.rfc("8628", "3.4")
@pytest.mark.parametrize("values", [{}, {"profile": Profile.OAUTH_2_0}])
def test_only_an_application_of_oauth_2_1_that_is_registered_for_it_gets_anything(values, clock):
    television = Television(register(**values))
    Application.objects.filter(profile=Profile.OAUTH_2_0).update(grant_types=[GRANT_TYPE])

    refused = television.begin()

    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    television.codes = {"device_code": "x"}
    assert television.error() == "unauthorized_client"


def _deactivate(viewer: Viewer, television: Television) -> None:
    viewer.user.is_active = False
    viewer.user.save()


def _take_scopes(viewer: Viewer, television: Television) -> None:
    Application.objects.update(scopes=["api.images.read"])


def _disconnect(viewer: Viewer, television: Television) -> None:
    number = television.registered.application.pk
    viewer.browser.post("/oauth/connections/", {"application": str(number)})


@pytest.mark.parametrize("happens", [_deactivate, _take_scopes, _disconnect])
def test_what_happens_between_the_approval_and_the_next_request_counts(happens, television, viewer):
    viewer.approve(television.user_code)
    happens(viewer, television)

    assert television.error() == "invalid_grant"


def test_without_the_refresh_grant_there_is_no_refresh_token(viewer, clock):
    television = Television(register_television(grant_types=[GRANT_TYPE]))
    television.begin()
    viewer.approve(television.user_code)

    assert "refresh_token" not in television.poll().json()


@pytest.mark.rfc("8628", "5.2")
def test_the_database_holds_neither_code(television):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM oauthcore_deviceauthorization")
        row = repr([bytes(one) if isinstance(one, memoryview) else one for one in cursor.fetchone()])

    plain = television.user_code.replace("-", "")
    assert television.codes["device_code"] not in row
    assert television.user_code not in row
    assert plain not in row


def test_a_code_outlives_a_new_secret_key(television, viewer, settings):
    settings.SECRET_KEY_FALLBACKS = [django_settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, of which the fallback is the one before"
    viewer.browser.force_login(viewer.user)
    viewer.approve(television.user_code)

    assert television.poll().status_code == 200


def test_what_a_request_of_a_device_costs(television, viewer, clock):
    television.error()  # what a process works out once
    clock.shift(5)
    with statements() as waiting:
        television.error()
    viewer.approve(television.user_code)
    clock.shift(5)
    with statements() as redeeming:
        television.poll()

    assert len(waiting) == 3, waiting
    assert len(redeeming) <= 4, redeeming


def test_a_site_without_device_authorization_does_not_know_it(television, viewer, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DEVICE_AUTHORIZATION": False}

    assert television.error() == "unsupported_grant_type"
    begun = Television(television.registered).begin()
    assert (begun.status_code, begun.json()["error"]) == (404, "not_found")
    assert viewer.open().status_code == 404
    told = viewer.browser.get("/.well-known/oauth-authorization-server").json()
    assert "device_authorization_endpoint" not in told
    assert GRANT_TYPE not in told["grant_types_supported"]
