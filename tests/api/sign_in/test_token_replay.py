"""A refresh token that comes back after it was spent ends its device's session."""

from __future__ import annotations

from uuid import uuid4

import pytest

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent, Token
from tests.support.lost_races import let_others_go_first
from tests.support.oauth import is_live
from tests.support.reference_site.factories import AccountFactory, MembershipFactory
from tests.support.secrets import parse
from tests.support.sign_in.client import AWAY, AppClient
from tests.support.sign_in.phone import Phone

pytestmark = pytest.mark.django_db

REUSED, INVALID = (401, "refresh_token_reused"), (401, "invalid_refresh_token")


@pytest.fixture
def phone(person):
    return Phone(person)


SENT_BESIDE = {
    "the right account": lambda person: {"account_uuid": person.account.pk},
    "an account that is not theirs": lambda person: {"account_uuid": uuid4()},
    "a malformed account": lambda person: {"account_uuid": 5},
    "nothing": lambda person: {},
}


class TestReplay:
    """A spent token ends the device's session at once, and nothing else."""

    @pytest.mark.parametrize("beside", SENT_BESIDE.values(), ids=SENT_BESIDE)
    @pytest.mark.parametrize("turns", [1, 3])
    def test_whatever_else_is_sent_and_from_wherever(self, beside, turns, person, phone):
        spent, tablet = phone.refresh_token, Phone(person, name="Tablet")
        tablet.refresh()
        for _ in range(turns):
            phone.refresh()

        thief = AppClient(address=AWAY)
        refused = thief.token(spent, **beside(person))

        assert refused.refused == REUSED
        assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
        assert not any(phone.live_tokens())
        assert phone.try_().refused == INVALID
        assert tablet.live_tokens() == [True]
        assert tablet.is_signed_in
        event = SecurityEvent.objects.get(kind="refresh_token_replayed")
        assert (str(event.grant_uuid), event.user_ref) == (phone.uuid, str(person.user.pk))
        assert event.address == AWAY

    def test_it_stays_a_replay_once_the_session_has_ended_and_is_told_once(self, phone):
        spent = phone.refresh_token
        phone.refresh()

        answers = [phone.try_(spent).refused for _ in range(3)]

        assert answers == [REUSED] * 3
        assert SecurityEvent.objects.filter(kind="refresh_token_replayed").count() == 1

    def test_one_that_was_made_up_from_a_known_first_half_is_one(self, phone):
        form = conf.settings().secret_format

        assert phone.try_(form.next_turn(parse(phone.refresh_token)).reveal()).refused == REUSED

        assert not phone.is_signed_in

    @pytest.mark.parametrize("grace", [0, 10])
    def test_whoever_is_second_by_a_moment_replays_unless_there_is_a_grace(
        self, grace, phone, monkeypatch, settings
    ):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": grace}
        first = phone.refresh_token
        let_others_go_first(monkeypatch, Token, phone.refresh)

        late = phone.try_(first)

        if grace:
            assert late.json["refresh_token"] == phone.refresh_token
        else:
            assert late.refused == REUSED
        assert phone.live_tokens() == [bool(grace)]
        assert phone.is_signed_in == bool(grace)
        assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 1 + 2 * bool(grace)

    def test_a_session_that_is_removed_in_that_moment_is_over(self, phone, monkeypatch):
        let_others_go_first(monkeypatch, Token, phone.person.user.delete)

        assert phone.try_().refused == INVALID
        assert not Grant.objects.exists()
        assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()


class TestGrace:
    """For an app that lost the answer, for as long as the site says."""

    @pytest.fixture(autouse=True)
    def _of_ten_seconds(self, settings):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 10}

    def test_inside_it_the_token_just_spent_gets_the_same_answer_with_a_fresh_access_token(
        self, phone, clock
    ):
        spent = phone.refresh_token
        first = phone.refresh().json

        clock.shift(9.999)
        again = phone.try_(spent)

        assert again.status == 200
        same = ("refresh_token", "refresh_token_expires_at", "account")
        assert {name: again.json[name] for name in same} == {name: first[name] for name in same}
        assert again.json["access_token"] != first["access_token"]
        assert is_live(again.json["access_token"])
        assert phone.live_tokens() == [True]
        assert phone.is_signed_in
        assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()

    def test_it_is_for_any_account_of_the_person_and_for_no_other(self, phone):
        spent = phone.refresh_token
        phone.refresh()
        other = MembershipFactory(user=phone.person.user).account

        assert phone.try_(spent, other).json["account"]["uuid"] == str(other.pk)
        assert phone.try_(spent, AccountFactory()).refused == (403, "account_not_allowed")

        assert phone.is_signed_in

    def test_one_that_came_after_the_turn_repeats_nothing_and_ends_nothing(self, phone, settings):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 0}
        spent = phone.refresh_token
        phone.refresh()
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 10}

        assert phone.try_(spent).refused == INVALID

        assert phone.is_signed_in

    def test_at_its_end_it_is_a_replay(self, phone, clock):
        spent = phone.refresh_token
        phone.refresh()

        clock.shift(10)

        assert phone.try_(spent).refused == REUSED
        assert not phone.is_signed_in

    def test_an_older_one_is_a_replay_even_inside_it(self, phone):
        spent = phone.refresh_token
        phone.refresh()
        phone.refresh()

        assert phone.try_(spent).refused == REUSED
        assert not phone.is_signed_in

    def test_it_brings_back_no_session_that_was_ended(self, phone):
        spent = phone.refresh_token
        phone.refresh()
        assert phone.app.sign_out(phone.refresh_token).status == 200

        assert phone.try_(spent).refused == INVALID
        assert phone.try_().refused == INVALID
        assert phone.live_tokens() == [False]
