"""An application reads, changes and deletes its own registration with its token (RFC 7592)."""

from __future__ import annotations

import pytest

from oauthcore import request_context
from oauthcore.flows.oauth.registration import client_configuration
from oauthcore.models import Application, ClientSecret, DynamicRegistration, SecurityEvent
from tests.support.factories import Registered, register
from tests.support.oauth import OAuthClient, me
from tests.support.registration import CALLBACK, Managed, register_itself, send
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def managed():
    return Managed(scope="read", client_uri="https://tool.example")


def refused(answer):
    return answer.status_code, answer.json()["error"]


@pytest.mark.rfc("7592", "2.1")
@pytest.mark.rfc("7592", "3")
def test_it_reads_everything_as_stored_but_the_secret_of_which_only_a_digest_is_kept(managed):
    with statements() as run:
        answer = managed.read()

    told = dict(managed.told)
    del told["client_secret"]
    assert (answer.status_code, answer.json()) == (200, told)
    assert answer["Cache-Control"] == "no-store"
    assert len(run) == 1, run


@pytest.mark.rfc("7592", "2.2")
def test_a_change_replaces_all_that_it_said_of_itself(managed):
    answer = managed.change(
        client_name="Better Tool",
        client_uri=None,
        redirect_uris=["https://better.example/cb"],
        grant_types=["authorization_code", "refresh_token"],
        scope="api.images.read",
        software_id="tool",
    )

    told = answer.json()
    assert answer.status_code == 200
    assert (told["client_name"], told["redirect_uris"]) == ("Better Tool", ["https://better.example/cb"])
    assert (told["scope"], told["software_id"]) == ("api.images.read", "tool")
    assert "client_uri" not in told
    assert told == managed.read().json()
    event = SecurityEvent.objects.get(kind="application_changed")
    assert event.reason.startswith("by itself: name, website")


@pytest.mark.rfc("7592", "2.2")
def test_the_same_again_changes_nothing_and_is_no_event(managed):
    assert managed.change().status_code == 200
    assert not SecurityEvent.objects.filter(kind="application_changed").exists()


def test_a_change_ends_what_staff_verified(managed):
    Application.objects.update(is_verified=True, is_trusted=True)

    managed.change(redirect_uris=["https://other.example/cb"])

    assert (managed.application.is_verified, managed.application.is_trusted) == (False, False)


def test_it_keeps_what_staff_gave_it_and_takes_nothing_that_is_not_open(managed):
    Application.objects.update(scopes="api.images.delete read")

    assert refused(managed.change(scope="api.images.delete api.upload nonsense")) == (
        400,
        "invalid_client_metadata",
    )
    kept = managed.change(scope="api.images.delete api.upload", client_name="Tool 2")
    assert kept.json().get("scope") == "api.images.delete api.upload", kept.content
    managed.change(scope="read")
    assert refused(managed.change(scope="api.images.delete")) == (400, "invalid_client_metadata")


def test_required_scopes_that_it_gives_up_are_not_required_any_more(managed):
    Application.objects.update(scopes="api.upload read", required_scopes="api.upload read")

    assert managed.change(scope="read").status_code == 200
    assert managed.application.required_scopes == {"read"}


@pytest.mark.rfc("7592", "2.2")
@pytest.mark.parametrize(
    "members",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_secret": "another"},
        {"client_secret": 7},
        {"registration_access_token": "x"},
        {"registration_client_uri": "https://testserver/x"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 0},
        {"token_endpoint_auth_method": "none"},
        {"client_name": "Lumen"},
    ],
    ids=str,
)
def test_a_change_that_cannot_stand_changes_nothing(members, managed):
    answer = managed.change(**{"client_name": "Changed", **members})

    assert refused(answer) == (400, "invalid_client_metadata")
    assert managed.application.name == "Tool"


@pytest.mark.rfc("7592", "2.2")
def test_a_change_that_is_no_object_or_has_a_dangerous_redirect_is_refused(managed):
    assert refused(send("put", managed.path, [], token=managed.token)) == (400, "invalid_client_metadata")
    assert refused(managed.change(redirect_uris=["javascript:x"])) == (400, "invalid_redirect_uri")


@pytest.mark.rfc("7592", "2.2")
def test_the_secret_may_be_sent_along_or_left_out(managed):
    assert managed.change(client_name="A").status_code == 200
    assert managed.change(client_name="B", client_secret=None).status_code == 200
    ClientSecret.objects.update(digest=None, encoded="imported")
    assert refused(managed.change(client_name="C")) == (400, "invalid_client_metadata")


def test_changes_count_with_registrations(managed, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION_LIMIT": (2, 600)}

    assert managed.change(client_name="A").status_code == 200
    assert refused(managed.change(client_name="B")) == (429, "throttled")
    assert managed.read().status_code == 200


@pytest.mark.rfc("7592", "2.3")
@pytest.mark.rfc("7592", "2.1")
def test_deleting_ends_all_that_it_has(managed):
    oauth = OAuthClient(Registered(managed.application, managed.told["client_secret"]))

    answer = managed.delete()

    assert (answer.status_code, answer.content) == (204, b"")
    assert oauth.token(grant_type="refresh_token", refresh_token="x").status_code == 401
    assert SecurityEvent.objects.filter(kind="application_deleted").count() == 1
    for after in (managed.read(), managed.change(), managed.delete()):
        assert refused(after) == (401, "invalid_token")


@pytest.mark.rfc("7592", "2.3")
def test_deleting_ends_its_tokens(managed):
    managed.change(grant_types=["client_credentials"], redirect_uris=None, response_types=[])
    oauth = OAuthClient(Registered(managed.application, managed.told["client_secret"]))
    text = oauth.token(grant_type="client_credentials").json()["access_token"]
    assert me(text).status_code == 200

    managed.delete()

    assert (me(text).status_code, me(text).json()["error"]) == (401, "invalid_token")


@pytest.mark.rfc("7592", "2")
@pytest.mark.parametrize("method", ["post", "patch"])
def test_another_method_is_refused_with_those_that_are_allowed(method, managed):
    answer = send(method, managed.path, {}, token=managed.token)

    assert refused(answer) == (405, "method_not_allowed")
    assert {"GET", "PUT", "DELETE"} <= set(answer["Allow"].replace(" ", "").split(","))


@pytest.mark.rfc("7592", "2.1")
@pytest.mark.rfc("7592", "5")
def test_only_its_own_token_opens_a_registration(managed):
    other = register_itself().json()
    by_hand = register().application

    for token in (other["registration_access_token"], managed.told["client_secret"], "nonsense"):
        for answer in (managed.read(token=token), managed.change(token=token), managed.delete(token=token)):
            assert refused(answer) == (401, "invalid_token")
            assert 'error="invalid_token"' in answer["WWW-Authenticate"]
    assert refused(send("get", f"/oauth/register/{by_hand.client_id}", token=managed.token)) == (
        401,
        "invalid_token",
    )
    assert refused(send("get", managed.path)) == (401, "not_authenticated")
    assert managed.application.redirect_uris == (CALLBACK,)


@pytest.mark.rfc("7592", "2.1")
def test_one_that_staff_have_suspended_neither_reads_nor_changes_itself(managed):
    Application.objects.update(is_suspended=True)

    for answer in (managed.read(), managed.change(client_name="X"), managed.delete()):
        assert refused(answer) == (403, "access_denied")


def test_a_registration_is_managed_after_the_site_closed_registering(managed, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DYNAMIC_REGISTRATION": ""}

    assert managed.read().status_code == 200
    assert managed.delete().status_code == 204


@pytest.mark.rfc("7592", "5")
def test_the_registration_access_token_opens_nothing_else(managed):
    answer = send("get", "/v1/me", token=managed.token)

    assert refused(answer) == (401, "invalid_token")


def test_a_token_that_ended_before_the_row_was_locked_changes_nothing(managed, monkeypatch):
    named = []

    def note(client_id):
        named.append(client_id)
        if len(named) == 2:  # once for the request, and once in the transaction
            DynamicRegistration.objects.get().end_management()

    monkeypatch.setattr(request_context, "name_application", note)

    assert refused(managed.change(client_name="Of a thief")) == (401, "invalid_token")
    assert managed.application.name != "Of a thief"


@pytest.mark.parametrize(
    ("end", "refusal"),
    [
        (lambda managed: DynamicRegistration.objects.get().end_management(), (401, "invalid_token")),
        (lambda managed: Application.objects.update(is_suspended=True), (403, "access_denied")),
    ],
    ids=["its token was ended", "it was suspended"],
)
def test_authority_that_ended_while_keys_were_fetched_changes_nothing(managed, monkeypatch, end, refusal):
    fetch = client_configuration.keys_of

    def end_and_fetch(described):
        end(managed)
        return fetch(described)

    monkeypatch.setattr(client_configuration, "keys_of", end_and_fetch)

    assert refused(managed.change(client_name="Of a thief")) == refusal
    assert managed.application.name != "Of a thief"
