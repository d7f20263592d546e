"""Tokens and codes: a chain that is one row however long it lives, and what can be spent once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from oauthcore import conf
from oauthcore.models import AuthorizationCode, Grant, SecurityEvent, Token
from oauthcore.models.codes import MOST_FAILURES
from oauthcore.models.issuing import issue
from oauthcore.rules.tokens.secrets import SecretFormat, SecretKind
from tests.support.factories import open_grant, register
from tests.support.oauth import with_person
from tests.support.secrets import parse, random_of
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

NOW = datetime(2030, 6, 15, 12, 0, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def secrets() -> SecretFormat:
    return conf.settings().secret_format


def chain(grant: Grant | None = None, **values):
    return issue(
        grant or open_grant(created_at=NOW, expires_at=NOW + timedelta(days=90)),
        **{"scopes": frozenset(["read"]), "account_uuid": None, "now": NOW, **values},
        opens_chain=True,
    )


def test_a_refresh_chain_is_one_row_however_often_it_turns():
    oauth = with_person()
    tokens = oauth.tokens()
    before = Token.objects.get(kind="refresh")

    for _ in range(10):
        tokens = oauth.refresh(tokens["refresh_token"]).json()

    after = Token.objects.get(kind="refresh")
    kept = ("pk", "digest", "grant_id", "scopes", "created_at", "expires_at", "revoked_at")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.turn == parse(tokens["refresh_token"]).turn
    assert after.previous not in (None, before.turn, after.turn)


def test_a_turn_is_taken_by_the_current_token_only_and_remembers_the_one_before(secrets):
    first = chain().refresh_token
    second, third = secrets.next_turn(first), secrets.next_turn(first)
    token = Token.find(first)

    assert token.use(first, second, now=NOW + INSTANT)
    assert not token.use(first, third, now=NOW)

    found = Token.objects.get(pk=token.pk)
    assert (found.turn, found.previous, found.turned_at) == (second.turn, first.turn, NOW + INSTANT)


def test_access_token_and_chain_are_issued_by_one_statement():
    grant = open_grant()

    with statements() as run:
        chain(grant)

    assert [one.split("(")[0].strip() for one in run] == ["INSERT INTO oauthcore_token"]
    assert Token.objects.count() == 2


def test_the_chain_keeps_the_grants_scopes_and_end_where_the_access_token_has_less():
    grant = open_grant(
        scopes=["read", "api.images.read"], created_at=NOW, expires_at=NOW + timedelta(days=90)
    )

    issued = chain(grant)

    access, refresh = Token.objects.get(kind="access"), Token.objects.get(kind="refresh")
    assert (access.scopes, refresh.scopes) == ({"read"}, {"read", "api.images.read"})
    assert (access.expires_at, refresh.expires_at) == (NOW + timedelta(hours=1), grant.expires_at)
    assert issued.expires_in == 3600


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_a_token_lives_until_it_or_its_grant_has_ended_to_the_microsecond(kind):
    chain()
    token = Token.objects.get(kind=kind)

    assert token.is_live(token.expires_at - INSTANT)
    assert not token.is_live(token.expires_at)
    Token.objects.update(expires_at=None)
    token.refresh_from_db()
    assert token.is_live(token.grant.expires_at - INSTANT)
    assert not token.is_live(token.grant.expires_at)


def test_a_token_that_is_revoked_alone_takes_nothing_else_with_it():
    issued = chain()
    access, refresh = Token.find(issued.access_token), Token.find(issued.refresh_token)

    first = access.revoke(now=NOW, event=SecurityEvent(kind="revoked"))
    again = access.revoke(now=NOW + timedelta(days=1), event=SecurityEvent(kind="revoked"))

    access.refresh_from_db()
    assert (first, again) == (True, False)
    assert access.revoked_at == NOW
    assert not access.is_live(NOW)
    assert refresh.is_live(NOW)


@pytest.mark.parametrize("kind", SecretKind)
def test_a_secret_that_nobody_issued_finds_nothing(kind, secrets):
    chain(grant := open_grant())

    assert Token.find(secrets.make(kind)) is None
    assert Token.find_of(grant.application, secrets.make(kind)) is None
    assert AuthorizationCode.find_of(grant.application, secrets.make(kind)) is None


def test_a_token_is_found_as_what_it_is_only(secrets):
    issued = chain(grant := open_grant())
    assert Token.find(issued.refresh_token).kind == "refresh"
    assert Token.find_of(grant.application, issued.access_token) is None

    Token.objects.filter(kind="refresh").update(kind="access", turn=None)

    assert Token.find(issued.refresh_token) is None
    assert Token.find(issued.access_token).kind == "access"


def test_a_refresh_token_is_found_for_its_own_application_only():
    issued = chain(grant := open_grant())

    assert Token.find_of(grant.application, issued.refresh_token) == Token.objects.get(kind="refresh")
    assert Token.find_of(register().application, issued.refresh_token) is None


@pytest.fixture
def code(secrets) -> AuthorizationCode:
    return AuthorizationCode.objects.create(
        grant=open_grant(created_at=NOW),
        digest=secrets.make(SecretKind.CODE).digest,
        created_at=NOW,
        expires_at=NOW + timedelta(seconds=60),
    )


def test_a_code_is_used_once(code):
    assert code.use(now=NOW)
    assert not code.use(now=NOW + INSTANT)
    assert AuthorizationCode.objects.get().used_at == NOW


def test_a_code_lives_until_it_expires_to_the_microsecond(code):
    assert code.is_live(NOW + timedelta(seconds=60) - INSTANT)
    assert not code.is_live(NOW + timedelta(seconds=60))


def test_so_many_failures_burn_a_code_and_one_fewer_do_not(code):
    for _ in range(MOST_FAILURES - 1):
        code.count_failure()
    code.refresh_from_db()
    assert code.is_live(NOW)

    code.count_failure()
    code.refresh_from_db()
    assert not code.is_live(NOW)
    assert not code.use(now=NOW)


def test_rows_are_written_without_what_would_let_somebody_use_them(code):
    issued = chain()
    token = Token.find(issued.access_token)

    assert str(token) == f"access token …{issued.access_token.reveal()[-4:]}"
    assert str(code) == f"authorization code {code.pk}"
    assert issued.access_token.reveal() not in repr(issued)
    assert random_of(issued.refresh_token)[:8] not in repr(issued)
