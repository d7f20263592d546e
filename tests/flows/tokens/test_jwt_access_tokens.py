"""JWT access tokens: others verify them with the published keys, and here the row behind each decides."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from oauthcore.flows.upkeep.leaks import Outcome, Search
from oauthcore.models import AccessTokenFormat, Application, Grant, Profile
from tests.support.factories import UserFactory, register, sign_in_token
from tests.support.oauth import OAuthClient, is_live, me, with_person
from tests.support.reference_site.factories import MembershipFactory
from tests.support.signing import (
    ISSUER,
    key_set,
    make_keys,
    parts_of,
    register_with_jwts,
    verified,
    with_jwts,
)
from tests.support.statements import USE_AND_STORE, statements

pytestmark = pytest.mark.django_db


@pytest.mark.rfc("9068", "2.1")
@pytest.mark.rfc("9068", "2.2")
def test_an_access_token_is_a_jwt_that_says_whose_it_is_for_whom_and_what_it_may(clock):
    user = UserFactory()
    oauth = with_jwts(user)
    answered = oauth.tokens(scope="read api.images.read")
    header, claims = verified(answered["access_token"])

    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": key_set()["keys"][0]["kid"]}
    assert claims.pop("jti")
    assert {name: claims[name] for name in claims if name not in ("auth_time", "acr")} == {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": oauth.introspect(answered["access_token"]).json()["sub"],
        "client_id": oauth.registered.client_id,
        "iat": answered["created_at"],
        "exp": answered["created_at"] + answered["expires_in"],
        "scope": "read",  # the person has no account
    }
    assert answered["scope"] == "api.images.read read"


@pytest.mark.rfc("9068", "2.2")
def test_each_has_an_identifier_of_its_own_that_opens_nothing():
    oauth = with_jwts()
    texts = [oauth.tokens()["access_token"] for _ in range(2)]
    identifiers = [parts_of(text)[1]["jti"] for text in texts]

    assert len(set(identifiers)) == 2
    assert not any(map(is_live, identifiers))


@pytest.mark.rfc("9068", "6")
def test_it_names_nobody():
    user = UserFactory(username="ada", email="ada@people.example", first_name="Ada", last_name="Lovelace")
    member = MembershipFactory(user=user)
    text = with_jwts(user).tokens()["access_token"]
    said = json.dumps(parts_of(text))

    hidden = ["ada", "people.example", "Lovelace", str(member.account.uuid), member.account.name]
    assert [one for one in hidden if one in said] == []
    assert parts_of(text)[1]["sub"] != str(user.pk)


@pytest.mark.rfc("9068", "2.2.3")
def test_it_names_the_scopes_that_the_persons_role_allows_now():
    user = UserFactory()
    MembershipFactory(user=user, role="viewer")
    scopes = ["read", "api.images.read", "api.images.write"]
    oauth = with_jwts(user, scopes=scopes)
    answered = oauth.tokens(scope=" ".join(scopes))
    _, claims = verified(answered["access_token"])

    assert claims["scope"] == oauth.introspect(answered["access_token"]).json()["scope"]
    assert claims["scope"] == "api.images.read read"


@pytest.mark.rfc("9068", "2.2")
def test_an_application_that_acts_for_itself_gets_one_whose_subject_is_its_grant():
    make_keys()
    oauth = OAuthClient(register_with_jwts())
    text = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]
    _, claims = verified(text)

    assert claims["sub"] == str(Grant.objects.get().uuid)
    assert claims["sub"] != claims["client_id"]
    assert claims["scope"] == "read"
    assert is_live(text)


@pytest.mark.rfc("9068", "2.2.1")
@pytest.mark.rfc("9470", "6.1")
def test_it_says_when_and_how_the_person_logged_in_where_that_is_recorded():
    oauth = with_jwts()
    answered = oauth.tokens()
    Grant.objects.update(authenticated_at="2020-01-01T00:00Z", acr="mfa")
    with statements() as run:
        text = oauth.refresh(answered["refresh_token"]).json()["access_token"]
    _, claims = verified(text)

    assert (claims["auth_time"], claims["acr"]) == (1577836800, "mfa")
    assert len(run) == 2 + USE_AND_STORE, run


def test_a_refresh_gives_another_one():
    oauth = with_jwts()
    first = oauth.tokens()
    second = oauth.refresh(first["refresh_token"]).json()

    assert verified(second["access_token"])[1]["jti"] != verified(first["access_token"])[1]["jti"]
    assert is_live(second["access_token"])
    assert not second["refresh_token"].startswith("eyJ")


def test_opaque_stays_the_default():
    make_keys()

    assert register().application.access_token_format == AccessTokenFormat.OPAQUE
    assert with_person().tokens()["access_token"].startswith("ref_api_access_")


def test_the_tokens_of_devices_and_of_legacy_applications_stay_opaque():
    oauth = with_jwts()
    oauth.registered.application.profile = Profile.OAUTH_2_0
    oauth.registered.application.save()

    assert "." not in oauth.tokens()["access_token"]
    assert "." not in sign_in_token(UserFactory(), None)


def test_a_legacy_application_cannot_be_registered_for_them():
    with pytest.raises(Exception, match=r"OAuth 2\.1") as refused:
        register_with_jwts(profile=Profile.OAUTH_2_0)

    assert list(refused.value.message_dict) == ["access_token_format"]  # type: ignore[attr-defined]


def test_it_ends_even_where_access_tokens_never_expire(settings, clock):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKEN_LIFETIME": 120}
    oauth = with_jwts(access_tokens_expire=False)
    answered = oauth.tokens()

    assert answered["expires_in"] == 120
    assert is_live(answered["access_token"])
    clock.shift(121)
    assert not is_live(answered["access_token"])
    with pytest.raises(Exception, match="expired"):
        verified(answered["access_token"])


def test_a_shorter_lifetime_of_the_application_goes_before():
    assert with_jwts(access_token_lifetime=60).tokens()["expires_in"] == 60


# ── Ending ────────────────────────────────────────────────────────────────────────────────────────


def revoked(oauth: OAuthClient, text: str, user: Any) -> None:
    assert oauth.revoke(text).json() == {}


def ended_by_staff(oauth: OAuthClient, text: str, user: Any) -> None:
    Grant.objects.update(revoked_at="2020-01-01T00:00Z", revoked_reason="by staff")


def suspended(oauth: OAuthClient, text: str, user: Any) -> None:
    Application.objects.update(is_suspended=True)


def password_changed(oauth: OAuthClient, text: str, user: Any) -> None:
    user.set_password("another walk by the sea")
    user.save()


def deactivated(oauth: OAuthClient, text: str, user: Any) -> None:
    get_user_model().objects.update(is_active=False)


@pytest.mark.parametrize("end", [revoked, ended_by_staff, suspended, password_changed, deactivated])
def test_what_ends_the_grant_ends_it_at_the_next_request(end):
    user = UserFactory()
    oauth = with_jwts(user)
    text = oauth.tokens()["access_token"]
    assert is_live(text)

    end(oauth, text, user)

    assert me(text).status_code == 401
    assert oauth.introspect(text).json().get("active", False) is False
    assert verified(text)  # a server that does not ask us accepts it


def test_revoking_it_ends_the_refresh_chain_too():
    oauth = with_jwts()
    answered = oauth.tokens()
    oauth.revoke(answered["access_token"])

    assert oauth.refresh(answered["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_leaked_one_is_found_in_a_log_and_ended():
    oauth = with_jwts()
    text = oauth.tokens()["access_token"]
    [found] = Search().through([f"2030-01-01 GET /v1/me Authorization: Bearer {text} 200"])

    assert (found.outcome, found.kind, found.hint) == (Outcome.ENDED, "access", text[-4:])
    assert not is_live(text)


def test_while_they_are_switched_off_one_is_an_unknown_token(settings, django_assert_num_queries):
    text = with_jwts().tokens()["access_token"]
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}

    with django_assert_num_queries(0):
        assert me(text).status_code == 401


def test_while_they_are_switched_off_an_application_that_asks_for_them_gets_opaque_ones(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}

    assert "." not in with_person(register_with_jwts()).tokens()["access_token"]
