"""``service_token_rotate`` and ``service_token_revoke``: one, several or all of an account."""

from __future__ import annotations

import io
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.service_tokens.service_tokens import make
from oauthcore.management.commands import service_token_revoke
from oauthcore.models import SecurityEvent
from tests.support.oauth import is_live
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import Terminal, answers, fails, made, objects, run, secrets_in

pytestmark = pytest.mark.django_db

ROTATE, REVOKE = "service_token_rotate", "service_token_revoke"
BOTH = pytest.mark.parametrize("command", [ROTATE, REVOKE])


def kinds():
    made_too = SecurityEvent.objects.exclude(kind="service_token_made").order_by("pk")
    return list(made_too.values_list("kind", "reason"))


def test_rotating_shows_the_new_secret_once_and_the_old_one_lives_for_a_day(clock):
    token, old = made()

    printed = run(ROTATE, token.uuid)

    [new] = secrets_in(printed)
    assert printed == f"{token.uuid}  {new}  Nightly export\n"
    assert is_live(old)
    assert is_live(new)
    clock.shift(timedelta(days=1))
    assert not is_live(old)
    assert is_live(new)


@pytest.mark.parametrize(("written", "minutes"), [("30m", 30), ("12h", 720), ("7d", 10_080)])
def test_the_overlap_is_chosen(clock, written, minutes):
    token, old = made()

    [told] = objects(ROTATE, token.uuid, "--overlap", written)

    assert told["overlap_seconds"] == minutes * 60
    clock.shift(timedelta(minutes=minutes, seconds=-1))
    assert is_live(old)
    clock.shift(1)
    assert not is_live(old)
    assert is_live(told["token"])


@pytest.mark.parametrize("written", ["0", "0d"])
def test_without_an_overlap_the_old_secret_ends_at_once(written):
    token, old = made()

    run(ROTATE, token.uuid, "--overlap", written)

    assert not is_live(old)


@pytest.mark.parametrize("written", ["", "1", "d", "-1d", "1w", "99999999d", "1.5h"])
def test_an_overlap_that_is_none_is_refused_and_nothing_is_rotated(written):
    token, _ = made()

    assert "30m, 12h or 7d" in fails(ROTATE, token.uuid, f"--overlap={written}")[2]
    assert kinds() == []


def test_revoking_ends_it_for_good_with_a_reason():
    token, text = made()

    assert run(REVOKE, token.uuid, "--reason", "contract over") == f"{token.uuid}  revoked  Nightly export\n"
    assert not is_live(text)
    assert kinds() == [("revoked", "contract over")]


def test_revoking_can_be_repeated():
    token, _ = made()
    run(REVOKE, token.uuid)

    assert run(REVOKE, token.uuid) == f"{token.uuid}  had ended  Nightly export\n"
    assert objects(REVOKE, token.uuid)[0]["was_live"] is False
    assert kinds() == [("revoked", "revoked on the command line")]


def test_what_has_ended_is_not_rotated():
    token, _ = made()
    run(REVOKE, token.uuid)

    printed, beside, said = fails(ROTATE, token.uuid)

    assert printed == ""
    assert beside == f"{token.uuid}: it has ended or expired\n"
    assert said == "1 of 1 could not be rotated."


@BOTH
def test_the_others_are_done_when_one_fails_and_the_exit_status_says_so(command):
    first, last = made()[0], made()[0]
    nobody = uuid4()

    printed, beside, said = fails(command, first.uuid, nobody, last.uuid)

    assert [line[:36] for line in printed.splitlines()] == [str(first.uuid), str(last.uuid)]
    assert beside == f"{nobody}: there is no such service token\n"
    assert said.startswith("1 of 3 could not be ")


def test_scripts_are_told_of_a_failure_in_its_place():
    token, _ = made()
    nobody = uuid4()

    printed, _, _ = fails(REVOKE, nobody, token.uuid, "--json")

    first, second = printed.splitlines()
    assert first == f'{{"uuid": "{nobody}", "error": "there is no such service token"}}'
    assert f'"uuid": "{token.uuid}"' in second


def test_a_database_that_refuses_one_does_not_keep_the_others_from_being_done(monkeypatch):
    first, last = made()[0], made()[0]
    revoke = service_token_revoke.revoke

    def refuse_first(token, **values):
        if token.pk == first.pk:
            raise DatabaseError("deadlock detected")
        return revoke(token, **values)

    monkeypatch.setattr(service_token_revoke, "revoke", refuse_first)

    printed, beside, _ = fails(REVOKE, first.uuid, last.uuid)

    assert beside == f"{first.uuid}: the database refused it\n"
    assert str(last.uuid) in printed


@BOTH
def test_one_that_is_named_twice_is_done_once(command):
    token, _ = made()

    assert len(run(command, token.uuid, token.uuid).splitlines()) == 1


@BOTH
def test_all_of_an_account_are_done_once_somebody_says_yes(command, monkeypatch):
    account = AccountFactory()
    tokens = [made(account)[0] for _ in range(3)]
    made()
    asked = io.StringIO()
    monkeypatch.setattr("builtins.input", answers("yes"))

    printed = run(command, "--all-of", account.uuid, stderr=asked)

    assert [line[:36] for line in printed.splitlines()] == [str(one.uuid) for one in tokens]
    assert asked.getvalue().startswith("This will ")
    assert " 3 service tokens. Type yes to go on: " in asked.getvalue()


@BOTH
@pytest.mark.parametrize("typed", [["no"], ["y"], [""], []])
def test_without_a_yes_nothing_is_done(command, typed, monkeypatch):
    account = AccountFactory()
    made(account)
    monkeypatch.setattr("builtins.input", answers(*typed))

    assert fails(command, "--all-of", account.uuid)[2] == "Nothing was changed."
    assert kinds() == []


@BOTH
def test_a_scheduler_is_not_asked(command, monkeypatch):
    account = AccountFactory()
    made(account)
    monkeypatch.setattr("builtins.input", answers())

    assert len(run(command, "--all-of", account.uuid, "--noinput").splitlines()) == 1


@BOTH
def test_an_account_without_service_tokens_needs_no_answer(command):
    assert run(command, "--all-of", uuid4()) == ""


@BOTH
@pytest.mark.usefixtures("without_accounts")
def test_all_of_a_site_without_accounts_are_done_in_one_go(command, monkeypatch, settings):
    for _ in range(2):
        make(None, Limits(label="Nightly export", scopes=frozenset({"read"})), staff=None)
    backend = "reference_site.accounts.backend.MembershipBackend"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "ACCOUNT_BACKEND": backend}
    other, _ = made()
    monkeypatch.setattr("builtins.input", answers("yes"))

    printed = run(command, "--whole-site")

    assert len(printed.splitlines()) == 2
    assert str(other.uuid) not in printed


@BOTH
@pytest.mark.parametrize(
    "arguments",
    [[], [uuid4(), "--all-of", uuid4()], [uuid4(), "--whole-site"], ["--all-of", uuid4(), "--whole-site"]],
)
def test_either_tokens_are_named_or_an_account(command, arguments):
    assert "Name service tokens by their UUIDs" in fails(command, *arguments)[2]


def test_progress_is_shown_while_the_results_go_elsewhere(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    uuids = [str(made()[0].uuid) for _ in range(2)]
    out, beside = io.StringIO(), Terminal()

    call_command(ROTATE, *uuids, stdout=out, stderr=beside, no_color=True)

    assert beside.getvalue() == "\r1 of 2\r2 of 2\n"
    assert len(secrets_in(out.getvalue())) == 2
