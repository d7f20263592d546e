"""What ``/v1/auth/token`` costs and leaves behind when the database fails."""

from __future__ import annotations

from itertools import count

import pytest
from django.db import connection

from oauthcore import conf
from oauthcore.models import Grant, SecurityEvent, Token
from reference_site.accounts.backend import MembershipBackend
from tests.support.sign_in.people import with_account
from tests.support.sign_in.phone import Phone
from tests.support.statements import USE_AND_STORE, failing_at, statements

EVERY_TRANSACTION = pytest.mark.parametrize("is_atomic", [False, True], ids=["", "ATOMIC_REQUESTS"])

#: Here every transaction is a real one: nothing is rolled back but by the code under test.
real = pytest.mark.django_db(transaction=True)


@pytest.fixture
def phone(clock):
    return Phone(with_account())


def rows():
    return [list(model.objects.order_by("pk").values()) for model in (Grant, Token, SecurityEvent)]


@real
def test_it_takes_two_looks_and_one_step_of_writing_however_old_the_chain_is(phone):
    written = [("WITH", False)] if USE_AND_STORE == 1 else [("UPDATE", True), ("INSERT", True)]
    for _ in range(3):
        run = []

        def note(execute, sql, *rest, run=run):
            run.append((sql.split()[0], connection.in_atomic_block))
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            phone.refresh()

        assert [one for one in run if one[0] not in ("BEGIN", "COMMIT")] == [
            ("SELECT", False),
            ("SELECT", False),
            *written,
        ]
        assert len(run) <= 7
        assert sum(name == "BEGIN" for name, _ in run) <= 1


@pytest.mark.django_db
def test_the_account_backend_is_asked_once(phone, monkeypatch):
    asked = []
    find = MembershipBackend.find
    monkeypatch.setattr(
        MembershipBackend, "find", lambda *args, **named: [asked.append(args), find(*args, **named)][1]
    )

    phone.refresh()

    assert len(asked) == 1


@pytest.mark.django_db
def test_a_replay_costs_the_same_however_long_the_chain_was(phone, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"REFRESH_TOKEN_GRACE": 10}
    tablet = Phone(phone.person)
    counts = set()
    for device, turns in ((phone, 2), (tablet, 10)):
        spent = device.refresh_token
        for _ in range(turns):
            device.refresh()
        with statements() as run:
            assert device.try_(spent).error == "refresh_token_reused"
        counts.add(len(run))

    assert counts == {1 + USE_AND_STORE}, "the look, the ending with its event"


@pytest.mark.django_db
def test_what_cannot_be_a_refresh_token_costs_nothing(phone):
    form = conf.settings().secret_format
    with statements() as run:
        for text in ("x", phone.refresh_token[:-1] + "!", form.leads["refresh"] + "x" * 92):
            assert phone.try_(text).error == "invalid_refresh_token"

    assert run == []


@real
def test_whichever_statement_fails_the_token_is_still_good_and_nothing_is_told_of_a_replay(phone):
    for turn in count(1):
        before = rows()
        with failing_at(turn) as has_failed:
            answer = phone.try_()
        if not has_failed():
            break
        assert answer.refused == (503, "temporarily_unavailable"), turn
        assert int(answer.headers["Retry-After"]) >= 1
        assert b"ref_api_" not in answer.body
        assert rows() == before

    assert turn > 2 + USE_AND_STORE
    assert answer.status == 200, "the token that was shown each time"


@real
@EVERY_TRANSACTION
def test_the_ending_by_a_replay_survives_its_refusal(is_atomic, phone, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", is_atomic)
    spent = phone.refresh_token
    phone.refresh()

    assert phone.try_(spent).refused == (401, "refresh_token_reused")

    assert phone.grant.revoked_at is not None
    assert phone.live_tokens() == [False]
    assert phone.try_().refused == (401, "invalid_refresh_token")
    assert list(SecurityEvent.objects.values_list("kind", flat=True)).count("refresh_token_replayed") == 1


@real
@EVERY_TRANSACTION
def test_a_refused_account_is_no_failure_of_the_transaction(is_atomic, phone, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", is_atomic)
    before = rows()

    assert phone.try_(account=with_account().account).refused == (403, "account_not_allowed")

    assert rows() == before
    assert phone.is_signed_in
