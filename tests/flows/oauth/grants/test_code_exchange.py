"""Trading an authorization code (RFC 6749 §4.1.3): once, by its own application, with the right verifier."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauthcore.models import AuthorizationCode, Grant, SecurityEvent, Token
from tests.support.factories import REDIRECT_URI, UserFactory, register, register_public
from tests.support.oauth import VERIFIER, OAuthClient, is_live, me, with_person

pytestmark = pytest.mark.django_db


def assert_invalid_grant(response):
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert "access_token" not in response.json()


@pytest.mark.rfc("6749", "5.1")
@pytest.mark.parametrize("make", [register, register_public])
def test_a_code_is_traded_for_tokens(make, clock):
    response = (oauth := with_person(make())).redeem(oauth.code(scope="read"))

    answered = response.json()
    assert response.status_code == 200
    assert answered.keys() == {
        "access_token", "token_type", "expires_in", "scope", "created_at", "refresh_token"
    }  # fmt: skip
    assert answered["token_type"] == "Bearer"
    assert answered["expires_in"] == 3600
    assert answered["scope"] == "read"
    assert answered["created_at"] == int(timezone.now().timestamp())
    assert is_live(answered["access_token"])


def test_an_application_without_the_refresh_grant_gets_no_refresh_token():
    oauth = with_person(register(grant_types=["authorization_code"]))

    assert "refresh_token" not in oauth.tokens()
    assert not Token.objects.filter(kind=Token.Kind.REFRESH).exists()


@pytest.mark.parametrize(
    ("values", "expires_in"),
    [
        ({"access_token_lifetime": 60}, 60),
        ({"access_tokens_expire": False}, 90 * 24 * 3600),
        ({"access_tokens_expire": False, "grant_types": ["authorization_code"]}, None),
    ],
    ids=["its own", "as long as the grant", "for ever"],
)
def test_an_application_may_have_its_own_lifetime(values, expires_in, clock):
    tokens = with_person(register(**values)).tokens()

    assert tokens.get("expires_in") == expires_in
    clock.shift((expires_in or 10**9) - 0.001)
    assert is_live(tokens["access_token"])
    clock.shift(0.001)
    assert is_live(tokens["access_token"]) == (expires_in is None)


@pytest.mark.rfc("6749", "4.1.2")
@pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])
def test_a_code_that_comes_back_ends_all_that_it_gave(is_atomic, atomic_requests):
    atomic_requests(is_atomic)
    oauth = with_person()
    code = oauth.code()
    tokens = oauth.redeem(code).json()
    for _ in range(3):
        tokens = oauth.refresh(tokens["refresh_token"]).json()

    assert_invalid_grant(oauth.redeem(code))

    assert not is_live(tokens["access_token"])
    assert_invalid_grant(oauth.refresh(tokens["refresh_token"]))
    event = SecurityEvent.objects.get(kind="code_replayed")
    assert event.grant_uuid == Grant.objects.get().uuid
    assert event.application_ref == oauth.registered.client_id


def test_a_replay_that_ends_the_grant_is_recorded_once_however_often_it_comes():
    oauth = with_person()
    code = oauth.code()
    oauth.redeem(code)

    for _ in range(3):
        assert_invalid_grant(oauth.redeem(code))

    assert SecurityEvent.objects.filter(kind="code_replayed").count() == 1


WRONG = {
    "wrong verifier": {"code_verifier": "x" * 43},
    "no verifier": {"code_verifier": None},
    "another redirect URI": {"redirect_uri": "https://client.example/other"},
    "wrong secret": {"client_secret": "wrong"},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_replay_that_is_wrong_in_anything_else_ends_nothing(changes):
    oauth = with_person()
    code = oauth.code()
    tokens = oauth.redeem(code).json()

    assert oauth.redeem(code, **changes).status_code in (400, 401)
    assert OAuthClient(register()).redeem(code).status_code == 400

    assert is_live(tokens["access_token"])
    assert oauth.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_a_redemption_that_fails_spends_nothing(changes):
    oauth = with_person()
    code = oauth.code()

    response = oauth.redeem(code, **changes)

    assert response.json()["error"] == ("invalid_client" if "client_secret" in changes else "invalid_grant")
    assert not Token.objects.exists()
    assert oauth.redeem(code).status_code == 200


@pytest.mark.parametrize("changes", [WRONG["wrong verifier"], WRONG["another redirect URI"]])
def test_five_failures_by_the_right_application_burn_the_code(changes):
    oauth = with_person()
    spared, burned = oauth.code(), oauth.code()

    for code, times in ((spared, 4), (burned, 5)):
        for _ in range(times):
            assert_invalid_grant(oauth.redeem(code, **changes))

    assert oauth.redeem(spared).status_code == 200
    assert_invalid_grant(oauth.redeem(burned))


@pytest.mark.rfc("6749", "4.1.3")
def test_another_application_cannot_use_a_code_and_does_not_spoil_it():
    oauth, stranger = with_person(), OAuthClient(register())
    code = oauth.code()

    for _ in range(6):
        assert_invalid_grant(stranger.redeem(code))

    assert oauth.redeem(code).status_code == 200


@pytest.mark.rfc("6749", "4.1.3")
@pytest.mark.parametrize("sent", [None, "", REDIRECT_URI])
def test_the_redirect_uri_may_be_left_out_but_not_changed(sent):
    oauth = with_person()

    assert oauth.redeem(oauth.code(), redirect_uri=sent).status_code == 200
    for changed in (REDIRECT_URI + "/", REDIRECT_URI.upper(), REDIRECT_URI + "?", "x" * 3000):
        assert_invalid_grant(oauth.redeem(oauth.code(), redirect_uri=changed))


@pytest.mark.rfc("7636", "4.6")
@pytest.mark.parametrize(
    "verifier",
    [
        "",
        VERIFIER[:42],
        VERIFIER + "\n",
        VERIFIER + " ",
        "é" * 43,
        "a" * 129,
        VERIFIER.upper(),
        "{challenge}",
    ],
)
def test_only_the_verifier_of_the_challenge_redeems(verifier):
    oauth = with_person()
    code = oauth.code()
    challenge = AuthorizationCode.objects.get().code_challenge

    assert_invalid_grant(oauth.redeem(code, code_verifier=verifier.format(challenge=challenge)))
    assert oauth.redeem(code).status_code == 200


def test_a_code_lives_sixty_seconds_and_not_a_microsecond_more(clock):
    oauth = with_person()
    in_time, late = oauth.code(), oauth.code()

    clock.shift(59.999999)
    assert oauth.redeem(in_time).status_code == 200
    clock.shift(0.000001)
    assert_invalid_grant(oauth.redeem(late))


def change_password(user):
    user.set_password("another one, as long as the first")
    user.save()


PERSON_GONE = {
    "deactivated": lambda user: get_user_model().objects.filter(pk=user.pk).update(is_active=False),
    "deleted": lambda user: user.delete(),
    "changed the password": change_password,
}


@pytest.mark.parametrize("leave", PERSON_GONE.values(), ids=PERSON_GONE)
def test_what_became_of_the_person_counts_when_the_code_is_redeemed(leave):
    oauth = with_person(user=(person := UserFactory()))
    code = oauth.code()

    leave(person)

    assert_invalid_grant(oauth.redeem(code))
    assert not Token.objects.exists()


@pytest.mark.parametrize("leave", PERSON_GONE.values(), ids=PERSON_GONE)
def test_what_became_of_the_person_counts_at_every_later_use(leave):
    oauth = with_person(user=(person := UserFactory()))
    tokens = oauth.tokens()

    leave(person)

    assert me(tokens["access_token"]).json()["error"] == "invalid_token"
    assert_invalid_grant(oauth.refresh(tokens["refresh_token"]))


def test_a_scope_sent_with_a_code_is_passed_over():
    oauth = with_person()

    for scope in ("api.images.read", "admin", "\\"):
        assert oauth.redeem(oauth.code(), scope=scope).json()["scope"] == "read"
