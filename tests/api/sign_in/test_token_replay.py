"""A refresh token that comes back after it was spent ends its device's session (``security.md`` 73, 166)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent, Token
from tests.api.sign_in.client import AWAY, AppClient
from tests.api.sign_in.phone import Phone
from tests.flows.test_lost_races import let_others_go_first

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
    """``security.md`` 166: a spent token ends the device's session at once, and nothing else."""

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

        assert phone.try_(form.next_turn(form.parse(phone.refresh_token)).text).refused == REUSED

        assert not phone.is_signed_in

    @pytest.mark.parametrize("grace", [0, 10])
    def test_whoever_is_second_by_a_moment_replays_unless_there_is_a_grace(
        self, grace, phone, monkeypatch, settings
    ):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": grace}
        first = phone.refresh_token
        let_others_go_first(monkeypatch, Token, phone.refresh)

        assert phone.try_(first).refused == (INVALID if grace else REUSED)

        assert phone.live_tokens() == [bool(grace)]
        assert phone.is_signed_in == bool(grace)
        assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 1 + bool(grace)

    def test_a_session_that_is_removed_in_that_moment_is_over(self, phone, monkeypatch):
        let_others_go_first(monkeypatch, Token, phone.person.user.delete)

        assert phone.try_().status == 401
        assert not Grant.objects.exists()


class TestGrace:
    """``security.md`` 73: for an app that lost the answer, for as long as the site says."""

    @pytest.fixture(autouse=True)
    def _of_ten_seconds(self, settings):
        settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 10}

    def test_inside_it_the_token_just_spent_is_plainly_invalid_and_the_session_lives(self, phone, clock):
        spent = phone.refresh_token
        phone.refresh()

        clock.shift(9.999)

        assert phone.try_(spent).refused == INVALID
        assert phone.live_tokens() == [True]
        assert phone.is_signed_in
        assert not SecurityEvent.objects.filter(kind="refresh_token_replayed").exists()

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
