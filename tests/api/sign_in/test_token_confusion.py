"""Every secret of signing in works in its own place only, and no other works there.

The matrix of OAuth's own secrets is in ``tests/flows/tokens/test_wrong_slots.py``.
"""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore import conf
from oauthcore.models import Grant, MFAChallenge, SecurityEvent, Token
from oauthcore.rules.tokens.secrets import SecretKind
from tests.support.dialects.deviantart import PLACEBO, DeviantArtClient
from tests.support.factories import register, register_public, service_token
from tests.support.oauth import OAuthClient, basic, is_live, post, with_person
from tests.support.sign_in.client import AppClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def secrets(phone, person_with_totp, tess_app):
    """One of each that signing in gives, all of them live."""
    return {
        "device refresh token": phone.refresh_token,
        "device access token": phone.access_tokens[0],
        "mfa_token": tess_app.mfa_token(),
    }


@pytest.fixture
def oauth(person):
    return with_person(register(may_introspect=True), person.user)


@pytest.fixture
def others(oauth, person):
    """One of each that does not come of signing in, all of them live."""
    tokens = oauth.tokens()
    return {
        "access token": tokens["access_token"],
        "refresh token": tokens["refresh_token"],
        "authorization code": oauth.code(),
        "client secret": oauth.registered.client_secret,
        "client id": oauth.registered.client_id,
        "service token": service_token(person.account.pk),
        "session key": oauth.browser.session.session_key,
        "account": str(person.account.pk),
        "csrf token": "c" * 64,
    }


def state():
    """Return all that a secret in a wrong slot could have changed."""
    turns = Token.objects.order_by("pk").values_list("turn", "revoked_at")
    challenges = MFAChallenge.objects.values_list("used_at", "failures")
    events = SecurityEvent.objects.exclude(kind__endswith="refused").count()
    return list(turns), list(Grant.objects.values_list("revoked_at", flat=True)), list(challenges), events


def get(path, text, scheme="Bearer"):
    return Client().get(path, headers={"authorization": f"{scheme} {text}"})


NAMES = ["device refresh token", "device access token", "mfa_token"]


@pytest.mark.parametrize("name", NAMES)
def test_at_the_endpoints_of_oauth_it_is_no_code_no_refresh_token_and_no_secret(name, secrets, oauth, client):
    text, before = secrets[name], state()
    dialect = DeviantArtClient(oauth.registered)

    for spoken in (oauth, dialect, OAuthClient(register_public())):
        for response in (spoken.refresh(text), spoken.redeem(text)):
            assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    for response in (
        oauth.token(grant_type="client_credentials", client_secret=text),
        oauth.token(grant_type="client_credentials", client_id=text, client_secret=text),
        post("/oauth/token", {"grant_type": "client_credentials"}, authorization=basic(text, text)),
    ):
        assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    client.cookies["sessionid"] = text
    assert client.get("/oauth/connections/")["Location"].startswith("/login")

    assert state() == before


@pytest.mark.parametrize("name", NAMES)
def test_an_application_cannot_revoke_it(name, secrets, oauth, phone):
    text, before = secrets[name], state()
    is_unknown = name == "mfa_token"

    assert oauth.revoke(text).status_code == (200 if is_unknown else 403)
    assert OAuthClient(register_public()).revoke(text).status_code == 200
    dialect = DeviantArtClient(oauth.registered)
    for parameters in ({}, oauth.registered.credentials, {"revoke_refresh_only": "true"}):
        assert dialect.revoke(text, **parameters).json() == {"success": True}

    assert state() == before
    assert phone.live_tokens() == [True]


def test_introspection_knows_the_access_token_of_a_device_and_nothing_else_of_it(secrets, oauth):
    def asked(text):
        return oauth.introspect(text).json()

    access = asked(secrets["device access token"])

    assert access["active"] is True
    assert "client_id" not in access
    assert asked(secrets["device refresh token"]) == {"active": False}, "a device's is no application's"
    assert asked(secrets["mfa_token"]) == {"active": False}


def test_introspection_knows_no_spent_refresh_token_and_ends_nothing_by_it(phone, oauth):
    spent = phone.refresh_token
    phone.refresh()

    assert oauth.introspect(spent).json() == {"active": False}

    assert phone.is_signed_in


@pytest.mark.parametrize("name", NAMES)
def test_only_the_access_token_is_one_for_the_api(name, secrets, phone, person):
    text, is_home = secrets[name], name == "device access token"
    before = state()

    for path in ("/v1/me", "/v1/images", "/v1/auth/devices", PLACEBO):
        assert get(path, text).status_code == (200 if is_home else 401), path
        assert get(path, text, scheme="Token").status_code == 401
        # Never in the address; DeviantArt's dialect says first whether it is live.
        in_address = Client().get(path, {"access_token": text}).status_code
        assert in_address == (401 if path == PLACEBO and not is_home else 400)
        assert Client().get(path, headers={"authorization": basic(text, text)}).status_code == 401
    in_the_body = Client().post("/v1/sets", f"access_token={text}", "application/x-www-form-urlencoded")
    assert in_the_body.status_code == (400 if is_home else 401)

    assert state() == before
    assert is_live(text) == is_home


def test_to_mastodons_endpoints_it_is_no_token_of_an_application(phone):
    text = phone.access_tokens[0]

    for path, status in (("apps", 401), ("accounts", 403)):
        assert get(f"/api/v1/{path}/verify_credentials", text).status_code == status, path
        assert get(f"/api/v1/{path}/verify_credentials", phone.refresh_token).status_code == 401, path

    assert phone.live_tokens() == [True]


@pytest.mark.parametrize("name", ["device access token", "mfa_token"])
def test_at_the_doors_of_signing_in_each_has_its_own(name, secrets, phone, person):
    text, app, before = secrets[name], phone.app, state()

    assert phone.try_(text).refused == (401, "invalid_refresh_token")
    if name != "mfa_token":
        assert app.mfa(text, "000000").refused == (401, "invalid_mfa_token")
    assert app.sign_out(text).json == {}
    assert app.sign_in(password=text).refused == (401, "invalid_credentials")

    assert state() == before


def test_a_refresh_token_is_no_mfa_token(phone):
    before = state()

    assert phone.app.mfa(phone.refresh_token, "000000").refused == (401, "invalid_mfa_token")

    assert state() == before


def test_nothing_of_oauths_is_taken_where_people_sign_in(others, phone, oauth, person_with_totp):
    before = state()

    for name, text in others.items():
        assert phone.try_(text).refused == (401, "invalid_refresh_token"), name
        assert phone.app.mfa(text, person_with_totp.code()).refused == (401, "invalid_mfa_token"), name
        assert phone.app.sign_out(text).json == {}, name
    for kind in SecretKind:
        made_up = conf.settings().secret_format.make(kind).reveal()
        assert phone.try_(made_up).refused == (401, "invalid_refresh_token"), kind
        assert AppClient().mfa(made_up, "000000").refused == (401, "invalid_mfa_token"), kind

    assert state() == before
    assert oauth.refresh(others["refresh token"]).status_code == 200
    assert oauth.redeem(others["authorization code"]).status_code == 200
    assert phone.is_signed_in
