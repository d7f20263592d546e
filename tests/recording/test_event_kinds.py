"""What matters leaves exactly one event: who, what, when, from where, about what, in which request, why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from oauthcore.models import Grant, SecurityEvent
from oauthcore.recording import events
from oauthcore.signals import security_event
from tests.support.admin.staff import Staff
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import OAuthClient, post, with_person
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import made

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind


@pytest.fixture(autouse=True)
def noon(clock: Any) -> None:
    """All of it happens at noon."""


@pytest.fixture
def ada() -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def oauth(ada: Any) -> OAuthClient:
    return with_person(register(owner=ada), ada)


@pytest.fixture
def boss() -> Staff:
    return Staff()


@pytest.fixture
def told(django_capture_on_commit_callbacks: Any) -> Iterator[Any]:
    """Do something; return its answer, the one event that it left, and check that the signal told of it."""
    heard: list[SecurityEvent] = []

    def hear(event: SecurityEvent, **_: Any) -> None:
        heard.append(event)

    def run(act: Any) -> tuple[Any, SecurityEvent]:
        events.refusals.flush()
        before = set(SecurityEvent.objects.values_list("pk", flat=True))
        heard.clear()
        with django_capture_on_commit_callbacks(execute=True):
            answered = act()
        events.refusals.flush()
        [event] = SecurityEvent.objects.exclude(pk__in=before)
        assert [one.kind for one in heard] == [event.kind]
        return answered, event

    security_event.connect(hear)
    yield run
    security_event.disconnect(hear)


def facts(event: SecurityEvent) -> tuple[Any, ...]:
    """Return what an event says beside when and in which request."""
    return (event.kind, event.user_ref, event.application_ref, event.grant_uuid, event.reason)


def is_of(event: SecurityEvent, answered: Any, address: str = "127.0.0.1") -> bool:
    """Return whether an event is of the request that was answered."""
    at = (event.request_id, event.address, event.at, event.count)
    return at == (answered["Request-Id"], address, NOON, 1)


def test_signing_in(told, ada):
    answered, event = told(lambda: Client().post("/login", {"username": "ada", "password": PASSWORD}))

    assert answered.status_code == 302
    assert facts(event) == (Kind.SIGNED_IN, str(ada.pk), "", None, "browser")
    assert is_of(event, answered)


def test_signing_in_in_vain(told, ada):
    answered, event = told(lambda: Client().post("/login", {"username": "ada", "password": "guessed"}))

    why = "invalid_credentials: the password does not fit"
    assert facts(event) == (Kind.SIGN_IN_REFUSED, str(ada.pk), "", None, why)
    assert is_of(event, answered)


def test_signing_in_as_nobody(told):
    answered, event = told(lambda: Client().post("/login", {"username": "adda", "password": "guessed"}))

    # Not the login: people type their password there.
    assert facts(event) == (Kind.SIGN_IN_REFUSED, "", "", None, "invalid_credentials: the login is unknown")
    assert is_of(event, answered)


def test_a_refused_request_of_an_application(told, oauth):
    answered, event = told(lambda: oauth.redeem("nonsense"))

    why = "invalid_grant: this is not a code of this site"
    assert facts(event) == (Kind.REQUEST_REFUSED, "", oauth.registered.client_id, None, why)
    assert is_of(event, answered)


def test_consent_given_and_denied(told, ada, oauth):
    answered, event = told(lambda: oauth.decide("deny"))
    assert facts(event)[:3] == (Kind.CONSENT_DENIED, str(ada.pk), oauth.registered.client_id)
    assert is_of(event, answered)

    answered, event = told(oauth.decide)
    ids = (str(ada.pk), oauth.registered.client_id, None)
    assert facts(event) == (Kind.CONSENT_GIVEN, *ids, "scopes: read")
    assert is_of(event, answered)


@pytest.mark.parametrize(
    ("replay", "kind", "why"),
    [
        ("code", Kind.CODE_REPLAYED, "authorization code replayed"),
        ("refresh_token", Kind.REFRESH_TOKEN_REPLAYED, "refresh token replayed"),
    ],
)
def test_a_replay(told, ada, oauth, replay, kind, why):
    code = oauth.code()
    tokens = oauth.redeem(code).json()
    oauth.refresh(tokens["refresh_token"])
    refused: list[Any] = []

    def replayed() -> Any:
        refused.append(oauth.redeem(code) if replay == "code" else oauth.refresh(tokens["refresh_token"]))
        # Its refusal is counted like any other; here the one event of the grant is looked at.
        events.refusals.drain()
        return refused[0]

    answered, event = told(replayed)

    ids = (str(ada.pk), oauth.registered.client_id, Grant.objects.get().uuid)
    assert facts(event) == (kind, *ids, why)
    assert is_of(event, answered)


@pytest.mark.parametrize("token", ["access_token", "refresh_token"])
def test_a_revocation_by_the_application(told, ada, oauth, token):
    tokens = oauth.tokens()

    answered, event = told(lambda: oauth.revoke(tokens[token]))

    ids = (str(ada.pk), oauth.registered.client_id, Grant.objects.get().uuid)
    assert facts(event) == (Kind.REVOKED, *ids, "revoked by the application")
    assert is_of(event, answered)
    before = SecurityEvent.objects.count()
    oauth.revoke(tokens[token])
    assert SecurityEvent.objects.count() == before


@pytest.mark.parametrize("path", ["/oauth/revoke", "/oauth2/revoke"])
def test_the_revocation_of_a_token_that_the_application_has_for_itself(told, oauth, path):
    text = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]

    answered, event = told(lambda: post(path, {**oauth.registered.credentials, "token": text}))

    ids = ("", oauth.registered.client_id, Grant.objects.get().uuid)
    assert facts(event) == (Kind.REVOKED, *ids, "revoked by the application")
    assert is_of(event, answered)


def test_a_person_ending_the_access_of_an_application(told, ada, oauth):
    oauth.tokens()
    number = oauth.registered.application.pk

    answered, event = told(lambda: oauth.browser.post("/oauth/connections/", {"application": number}))

    assert facts(event)[:3] == (Kind.CONSENT_WITHDRAWN, str(ada.pk), oauth.registered.client_id)
    assert is_of(event, answered)


def test_a_client_secret_being_rotated(told, ada, oauth):
    path = f"/oauth/applications/{oauth.registered.application.pk}/secrets"
    page = oauth.browser.get(path).context["page"]

    answered, event = told(lambda: oauth.browser.post(path, {"page": page, "overlap": "3600"}))

    assert answered.status_code == 200
    assert facts(event)[:4] == (Kind.SECRET_ROTATED, str(ada.pk), oauth.registered.client_id, None)
    assert event.reason == "new one; the one before it ends after 3600 seconds"
    assert is_of(event, answered)


def test_a_service_token_being_made_changed_rotated_and_revoked(told, boss):
    account, staff = AccountFactory(), str(boss.user.pk)

    (token, answered), event = told(lambda: boss.make(account.uuid))
    assert facts(event) == (Kind.SERVICE_TOKEN_MADE, staff, "", token.uuid, "Nightly export")
    assert is_of(event, answered)

    answered, event = told(lambda: boss.change(token, label="Weekly export", expiry="kept"))
    assert facts(event) == (Kind.SERVICE_TOKEN_CHANGED, staff, "", token.uuid, "label")
    assert is_of(event, answered)

    answered, event = told(lambda: boss.rotate(token))
    why = "the one before it ends after 0 seconds"
    assert facts(event) == (Kind.SERVICE_TOKEN_ROTATED, staff, "", token.uuid, why)
    assert is_of(event, answered)

    answered, event = told(lambda: boss.revoke(token))
    assert facts(event) == (Kind.REVOKED, staff, "", token.uuid, "no longer needed")
    assert is_of(event, answered)


def test_a_service_token_used_from_a_refused_network(told):
    token, text = made(allowed_networks=("10.0.0.0/8",))
    headers = {"authorization": f"Bearer {text}"}

    answered, event = told(lambda: Client().get("/v1/me", headers=headers, REMOTE_ADDR="192.0.2.7"))

    assert answered.status_code == 403
    why = "ip_not_allowed: the address is in none of the token's networks"
    assert facts(event) == (Kind.REQUEST_REFUSED, "", "", token.uuid, why)
    assert is_of(event, answered, "192.0.2.7")


@pytest.mark.parametrize(
    ("button", "kind"), [("_approve", Kind.SCOPE_APPROVED), ("_refuse", Kind.SCOPE_REFUSED)]
)
def test_staff_deciding_about_a_scope(told, boss, settings, button, kind):
    scopes = {"read": "Read", "albums": {"description": "See your albums", "level": "approval"}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}
    application = register(scopes=["read"]).application
    asked = application.scope_requests.create(scope="albums", reason="We print albums.")
    path = f"/admin/oauthcore/scoperequest/{asked.pk}/change/"

    answered, event = told(lambda: boss.browser.post(path, {button: "x", "answer": "Well then."}))

    ids = (str(boss.user.pk), application.client_id, None)
    assert facts(event) == (kind, *ids, "scope: albums")
    assert is_of(event, answered)
