"""The audit reports what it is there for: each of its statements sees the violation that is planted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Token
from proof.audit import STATEMENTS, audit, texts
from tests.support.factories import open_grant
from tests.support.planted import PLANTS, jwt_in_clear, password_in_clear, secret_in_clear
from tests.support.planted.rows import answered, tokens_under

pytestmark = pytest.mark.not_on_mariadb("the rig runs on PostgreSQL")


def test_where_there_is_nothing_nothing_is_found(ledger):
    assert audit(ledger) == []


def test_every_statement_has_a_violation_that_is_planted_here():
    assert sorted(PLANTS) == sorted(one.name for one in STATEMENTS)


def test_every_invariant_is_asked_for():
    asked = {one.invariant for one in STATEMENTS} | {texts.INVARIANT}

    assert asked == {f"I-{number}" for number in range(1, 15)}


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda one: one.name)
def test_a_violation_is_reported(statement, ledger):
    PLANTS[statement.name](ledger)

    assert any(line.startswith(f"{statement.invariant}: {statement.words}: ") for line in audit(ledger))


@pytest.mark.parametrize(
    ("flow", "status", "is_explained"),
    [
        *[("code", None, True), ("client_credentials", 503, True)],
        *[("use", None, False), ("sign_in", None, False), ("wrong secret", 503, False)],
    ],
)
def test_a_lost_answer_explains_a_row_that_its_request_may_have_stored_and_no_other(
    flow, status, is_explained, ledger
):
    tokens_under(open_grant(), opens_chain=False)
    answered(ledger, flow, status)

    assert any(line.startswith("I-8: there are more tokens") for line in audit(ledger)) is not is_explained


@pytest.mark.parametrize(("status", "is_right"), [(200, True), (401, False)])
def test_what_ends_between_its_look_and_the_audit_was_live(status, is_right, ledger):
    issued = tokens_under(open_grant(), opens_chain=False)
    receipt = issued.access_token.digest.hex()
    answered(ledger, "client_credentials", access=receipt)
    answered(ledger, "last look", status, input=receipt)
    for one in ledger.entries:
        one.began, one.ended = one.began - 60, one.ended - 60
    now = timezone.now()
    Token.objects.update(created_at=now - timedelta(seconds=90), expires_at=now - timedelta(seconds=30))

    assert (audit(ledger) == []) is is_right


@pytest.mark.parametrize(
    ("plant", "column"),
    [
        (secret_in_clear, "oauthcore_securityevent.reason"),
        (jwt_in_clear, "oauthcore_grant.label"),
        (password_in_clear, "oauthcore_totpfactor.seed"),
    ],
)
def test_a_secret_in_clear_is_reported(plant, column, ledger):
    plant(ledger)

    assert f"I-13: a column holds a secret in clear: {column}" in audit(ledger)
