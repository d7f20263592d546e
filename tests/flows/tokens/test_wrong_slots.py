"""Every secret works in its own place only (RFC 6749 §10): the matrix of all secrets in all slots."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Consent, Grant, Token
from tests.support.factories import register, service_token
from tests.support.oauth import OAuthClient, me, post, with_person
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger():
    return OAuthClient(register())


@pytest.fixture
def oauth():
    return with_person(register(may_introspect=False))


@pytest.fixture
def secrets(oauth):
    """One of each, all of them live."""
    tokens = oauth.tokens()
    return {
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "authorization code": oauth.code(),
        "client secret": oauth.registered.client_secret,
        "client id": oauth.registered.client_id,
        "service token": service_token(AccountFactory().uuid),
        "session key": oauth.browser.session.session_key,
    }


SECRETS = [
    "access token",
    "refresh token",
    "authorization code",
    "client secret",
    "client id",
    "service token",
    "session key",
]


def authorize_with_cookie(oauth, text):
    browser = Client()
    browser.cookies["sessionid"] = text
    return browser.get("/oauth/authorize", oauth.parameters(prompt="consent"))


# Which secrets are at home in a slot; all others are refused there.
SLOTS = {
    "code": ({"authorization code"}, lambda oauth, text: oauth.redeem(text)),
    "refresh_token": ({"refresh token"}, lambda oauth, text: oauth.refresh(text)),
    "bearer": ({"access token", "service token"}, lambda oauth, text: me(text)),
    "client_secret": (
        {"client secret"},
        lambda oauth, text: oauth.token(grant_type="client_credentials", client_secret=text),
    ),
    "session": ({"session key"}, authorize_with_cookie),
}
REFUSED_WITH = {
    "code": (400, "invalid_grant"),
    "refresh_token": (400, "invalid_grant"),
    "bearer": (401, "invalid_token"),
    "client_secret": (401, "invalid_client"),
}


@pytest.mark.rfc("6749", "10")
@pytest.mark.parametrize("slot", SLOTS)
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_taken_in_its_own_slot_and_refused_in_every_other(slot, name, oauth, secrets):
    at_home, put = SLOTS[slot]
    before = Token.objects.count()

    response = put(oauth, secrets[name])

    if name in at_home:
        assert response.status_code == 200
    elif slot == "session":
        assert response["Location"].startswith("/login")
    else:
        assert (response.status_code, response.json()["error"]) == REFUSED_WITH[slot]
        assert Token.objects.count() == before
    assert not Grant.objects.filter(revoked_at__isnull=False).exists()


@pytest.mark.parametrize("name", SECRETS)
def test_a_stranger_ends_nothing_with_any_of_them(name, stranger, oauth, secrets):
    assert stranger.revoke(secrets[name]).status_code in (200, 403)

    assert not Grant.objects.filter(revoked_at__isnull=False).exists()
    assert Consent.objects.count() == 1
    assert me(secrets["access token"]).status_code == 200
    assert oauth.redeem(secrets["authorization code"]).status_code == 200


@pytest.mark.parametrize("name", SECRETS)
def test_an_application_that_may_not_introspect_learns_of_its_own_tokens_only(name, oauth, stranger, secrets):
    is_own = name in ("access token", "refresh token")

    assert oauth.introspect(secrets[name]).json()["active"] is is_own
    assert stranger.introspect(secrets[name]).json() == {"active": False}


@pytest.mark.parametrize("name", ["authorization code", "client secret", "client id", "session key"])
def test_what_is_no_token_is_never_an_active_one(name, oauth, secrets):
    server = OAuthClient(register(may_introspect=True))

    assert server.introspect(secrets[name]).json() == {"active": False}


def test_a_refresh_token_sent_as_an_access_token_is_told_what_it_is(secrets):
    refused = me(secrets["refresh token"])

    assert refused.status_code == 401
    assert refused.json()["error_description"].startswith("This is not an access token.")


@pytest.mark.rfc("6749", "5.2")
@pytest.mark.parametrize(
    "grant_type",
    [
        "foo",
        "Authorization_Code",
        "authorization_code ",
        "authorization_code\n",
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "urn:ietf:params:oauth:grant-type:device-code",
        "device_code",
    ],
)
def test_a_grant_type_that_is_not_known_is_refused(grant_type, oauth, secrets):
    response = oauth.token(grant_type=grant_type, code=secrets["authorization code"])

    assert (response.status_code, response.json()["error"]) == (400, "unsupported_grant_type")


@pytest.mark.rfc("6749", "3.2")
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"grant_type": ""},
        {"grant_type": ["client_credentials", "client_credentials"]},
        {"grant_type": ["client_credentials", "password"]},
        {"grant_type": "authorization_code"},
        {"grant_type": "authorization_code", "code": ""},
        {"grant_type": "refresh_token"},
        {"grant_type": "client_credentials", "scope": ["read", "read"]},
    ],
    ids=str,
)
def test_a_parameter_that_is_missing_or_sent_twice_is_refused(parameters, oauth):
    response = post("/oauth/token", oauth.registered.credentials | parameters)

    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
