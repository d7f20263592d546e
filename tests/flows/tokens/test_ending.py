"""A grant or token ends with its security event: both or neither, and on PostgreSQL without a transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from oauthcore.flows.tokens.ending import end_grant, end_token
from oauthcore.models import Grant, SecurityEvent, Token
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.recording import events
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.attempts import revoke, revoke_own
from tests.support.factories import bearer
from tests.support.failing_commits import SQLSTATES, refusing_commits
from tests.support.logging_out import SignedIn, switch_on
from tests.support.sign_in import requests
from tests.support.statements import USE_AND_STORE, plain
from tests.support.unanswered import unanswered


@contextmanager
def failing_insert(table: str) -> Iterator[None]:
    """The database is away when a row is inserted into a table."""

    def execute(run: Any, sql: str, *rest: Any) -> Any:
        if plain(sql).startswith(f"INSERT INTO {table}"):
            raise OperationalError("the connection is lost")
        return run(sql, *rest)

    with connection.execute_wrapper(execute):
        yield


real = pytest.mark.django_db(transaction=True)


@real
@pytest.mark.parametrize(
    ("prepare", "looks"),
    [
        *((revoke, 2), (revoke_own, 2)),
        *((requests.sign_out, 1), (requests.sign_out_with_access_token, 2)),
    ],
    ids=lambda one: getattr(one, "__name__", None),
)
def test_it_is_one_step_after_the_looks(prepare, looks):
    written = [("WITH", False)] if USE_AND_STORE == 1 else [("UPDATE", True), ("INSERT", True)]
    prepare().send()  # the first request of a process reads more
    attempt: Any = prepare()
    run = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        run.append((sql.split(maxsplit=1)[0], connection.in_atomic_block))
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = attempt.send()

    assert attempt.succeeded(answer)
    assert [one for one in run if one[0] not in ("BEGIN", "COMMIT")] == [("SELECT", False)] * looks + written


@pytest.mark.django_db
@pytest.mark.parametrize("end", [end_grant, end_token], ids=["grant", "token"])
def test_a_transaction_around_an_end_that_fails_stays_usable(end, monkeypatch):
    token = Token.find_access(shown_secret(HiddenText(bearer())))
    monkeypatch.setattr(events, "new_event", lambda *_, **__: SecurityEvent(kind=None))

    with transaction.atomic():
        with pytest.raises(IntegrityError):
            end(token.grant if end is end_grant else token, "lost", now=timezone.now())
        assert Token.objects.get().revoked_at is None
        assert Grant.objects.get().revoked_at is None


@real
@pytest.mark.postgres
@pytest.mark.parametrize("prepare", [revoke, revoke_own], ids=["grant", "token"])
def test_an_end_whose_answer_is_lost_is_503_and_revoking_again_finds_it_done(prepare):
    if connection.vendor != "postgresql":
        pytest.skip("the statement is that of PostgreSQL")
    attempt: Any = prepare()

    with unanswered("WITH changed"):
        answer = attempt.send()

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert SecurityEvent.objects.filter(kind="revoked").count() == 1
    assert attempt.succeeded(attempt.send())
    assert SecurityEvent.objects.filter(kind="revoked").count() == 1


@real
@pytest.mark.postgres
@pytest.mark.parametrize(("sqlstate", "status"), SQLSTATES.items())
@pytest.mark.parametrize("prepare", [revoke, revoke_own], ids=["grant", "token"])
def test_a_commit_that_fails_ends_nothing_and_leaves_no_event(prepare, sqlstate, status):
    attempt: Any = prepare()

    with (
        refusing_commits("oauthcore_securityevent", sqlstate),
        nullcontext() if status == 503 else pytest.raises(IntegrityError, match="refused"),
    ):
        assert attempt.send().status_code == 503

    assert not Grant.objects.filter(revoked_at__isnull=False).exists()
    assert not Token.objects.filter(revoked_at__isnull=False).exists()
    assert not SecurityEvent.objects.filter(kind="revoked").exists()
    assert attempt.succeeded(attempt.send())
    assert SecurityEvent.objects.filter(kind="revoked").count() == 1


@real
def test_an_application_that_is_to_be_told_is_told_or_nothing_ends(settings):
    switch_on(settings)
    printer = SignedIn()
    grant = printer.sign_in()

    with failing_insert("oauthcore_logoutdelivery"), pytest.raises(OperationalError):
        end_grant(grant, "by staff", now=timezone.now())

    assert Grant.objects.get(pk=grant.pk).revoked_at is None
    assert not SecurityEvent.objects.filter(kind="revoked").exists()
    assert end_grant(grant, "by staff", now=timezone.now())
    assert len(printer.deliveries) == 1
