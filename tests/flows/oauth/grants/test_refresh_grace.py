"""``REFRESH_TOKEN_GRACE``: a lost answer is repeated, with the same refresh token."""

from __future__ import annotations

import pytest

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent, Token
from oauthcore.rules.tokens.sealing import unseal
from tests.support.factories import register, register_public
from tests.support.grants import assert_invalid_grant
from tests.support.lost_races import let_others_go_first
from tests.support.oauth import OAuthClient, is_live, me, with_person
from tests.support.secrets import parse

pytestmark = [pytest.mark.django_db, pytest.mark.rfc("9700", "4.14.2")]


@pytest.fixture(autouse=True)
def grace(settings, clock):
    """Ten seconds, at a clock that stands still; the test may say otherwise."""

    def set_to(seconds):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": seconds}

    set_to(10)
    return set_to


def chain():
    return Token.objects.get(kind=Token.Kind.REFRESH)


@pytest.mark.parametrize("make", [register, register_public])
def test_the_token_just_spent_gets_the_same_successor_again_and_a_fresh_access_token(make, clock):
    oauth = with_person(make())
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()

    clock.shift(9.999)
    again = [oauth.refresh(first) for _ in range(3)]

    assert [one.status_code for one in again] == [200] * 3
    assert {one.json()["refresh_token"] for one in again} == {second["refresh_token"]}
    access_tokens = {second["access_token"], *(one.json()["access_token"] for one in again)}
    assert len(access_tokens) == 4
    assert all(map(is_live, access_tokens))
    assert oauth.refresh(second["refresh_token"]).status_code == 200
    assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()
    assert Token.objects.filter(kind=Token.Kind.REFRESH).count() == 1


def test_a_repetition_does_not_make_the_grace_longer(clock):
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()
    clock.shift(6)
    assert oauth.refresh(first).status_code == 200

    clock.shift(4)

    assert_invalid_grant(oauth.refresh(first))
    assert not is_live(second["access_token"])


def test_at_its_end_the_predecessor_is_a_replay(clock):
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()

    clock.shift(10)
    assert_invalid_grant(oauth.refresh(first))

    assert_invalid_grant(oauth.refresh(second["refresh_token"]))
    assert not is_live(second["access_token"])


def test_a_use_of_the_successor_closes_it():
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()["refresh_token"]
    third = oauth.refresh(second).json()

    assert_invalid_grant(oauth.refresh(first))

    assert_invalid_grant(oauth.refresh(third["refresh_token"]))
    assert not is_live(third["access_token"])


def test_each_turn_has_a_grace_of_its_own():
    oauth = with_person()
    token = oauth.tokens()["refresh_token"]
    for _ in range(3):
        following = oauth.refresh(token).json()["refresh_token"]

        assert oauth.refresh(token).json()["refresh_token"] == following
        token = following


def test_another_application_gets_nothing_and_ends_nothing():
    oauth, stranger = with_person(), OAuthClient(register())
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()["refresh_token"]

    assert_invalid_grant(stranger.refresh(first))

    assert oauth.refresh(first).json()["refresh_token"] == second


def test_a_repetition_may_narrow_the_access_token_and_never_widens_it():
    oauth = with_person()
    first = oauth.tokens(scope="read api.images.read")["refresh_token"]
    second = oauth.refresh(first).json()["refresh_token"]

    narrowed = oauth.refresh(first, scope="read").json()
    refused = oauth.refresh(first, scope="write")

    assert (narrowed["scope"], narrowed["refresh_token"]) == ("read", second)
    assert me(narrowed["access_token"]).json()["scopes"] == ["read"]
    assert refused.json()["error"] == "invalid_scope"
    assert oauth.refresh(second).json()["scope"] == "api.images.read read"


def test_a_revoked_chain_stays_revoked():
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()["refresh_token"]
    oauth.revoke(second)

    for refresh_token in (first, second):
        assert_invalid_grant(oauth.refresh(refresh_token))


def test_a_made_up_second_half_is_a_replay_inside_it():
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()
    form = conf.settings().secret_format

    assert_invalid_grant(oauth.refresh(form.next_turn(parse(first)).reveal()))

    assert not is_live(second["access_token"])


def test_a_client_that_is_second_by_a_moment_gets_what_the_first_got(monkeypatch):
    oauth = with_person()
    first = oauth.tokens()["refresh_token"]
    won = []
    let_others_go_first(monkeypatch, Token, lambda: won.append(oauth.refresh(first).json()))

    late = oauth.refresh(first).json()

    assert late["refresh_token"] == won[0]["refresh_token"]
    assert late["access_token"] != won[0]["access_token"]


@pytest.mark.parametrize(
    ("sites", "own", "is_repeated"), [(0, 10, True), (10, 0, False), (10, None, True), (3, 10, True)]
)
def test_an_application_may_have_its_own(sites, own, is_repeated, grace, clock):
    grace(sites)
    oauth = with_person(register(refresh_token_grace=own))
    first = oauth.tokens()["refresh_token"]
    second = oauth.refresh(first).json()

    clock.shift(5)
    again = oauth.refresh(first)

    assert (again.status_code == 200) is is_repeated
    assert is_live(second["access_token"]) is is_repeated


class TestWhatIsKept:
    """Only the spent token opens it: no key of the site, and no other row, does."""

    def test_without_a_grace_nothing_is(self, grace):
        grace(0)
        oauth = with_person()
        first = oauth.tokens()["refresh_token"]
        second = oauth.refresh(first).json()

        assert chain().successor is None
        assert_invalid_grant(oauth.refresh(first))
        assert not is_live(second["access_token"])

    def test_it_holds_neither_the_successor_nor_anything_but_the_predecessor_opens_it(self):
        oauth = with_person()
        first = parse(oauth.tokens()["refresh_token"])
        second = parse(oauth.refresh(first.reveal()).json()["refresh_token"])

        kept = bytes(chain().successor)

        assert second.second_half.reveal().encode() not in kept
        assert unseal(kept, opened_by=first) == second.second_half
        assert unseal(kept, opened_by=second) is None

    def test_each_turn_writes_over_it(self, grace):
        oauth = with_person()
        first = oauth.tokens()["refresh_token"]
        second = oauth.refresh(first).json()["refresh_token"]
        before = bytes(chain().successor)
        third = oauth.refresh(second).json()["refresh_token"]
        assert bytes(chain().successor) != before
        grace(0)

        assert oauth.refresh(third).status_code == 200

        assert chain().successor is None

    def test_a_grace_that_came_after_the_turn_repeats_nothing_and_ends_nothing(self, grace):
        grace(0)
        oauth = with_person()
        first = oauth.tokens()["refresh_token"]
        second = oauth.refresh(first).json()["refresh_token"]
        grace(10)

        assert_invalid_grant(oauth.refresh(first))

        assert oauth.refresh(second).status_code == 200

    def test_what_a_turn_without_the_column_left_behind_opens_for_nobody(self):
        """While a site is upgraded, its old processes turn chains and leave the column as it is."""
        oauth = with_person()
        first = oauth.tokens()["refresh_token"]
        second = oauth.refresh(first).json()["refresh_token"]
        stale = chain().successor
        third = oauth.refresh(second).json()["refresh_token"]
        Token.objects.filter(kind=Token.Kind.REFRESH).update(successor=stale)

        assert_invalid_grant(oauth.refresh(second))

        assert oauth.refresh(third).status_code == 200
        assert Grant.objects.get().revoked_at is None
