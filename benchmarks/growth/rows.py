"""Tables of a site that has issued so many tokens, made by PostgreSQL itself.

Nine tokens in ten are of grants of people and of service tokens, two for each; the tenth is of applications
that act for themselves. A tenth of the grants was ended, another tenth has expired. Every fifth grant of an
application is the benchmark's. Some rows are *known*: spread evenly over the tables, with secrets that the
benchmark has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import connection

from benchmarks.growth.statements import COLLECTOR, STATEMENTS
from oauthcore import conf
from oauthcore.models.password_marks import password_mark
from oauthcore.rules.tokens.secrets import SecretKind

PASSWORD = "what everybody has here"
#: Grants are numbered, and the remainder of twenty says what one is. Two of ten scores have ended.
_BEARER, _REFRESH, _REVOKE, _SESSION = 9, 14, 19, 1
_ENDED = (1, 2)
#: People are numbered too. These have a second factor, confirmed or not, and none of them signs in here.
_WITH_FACTOR, _FACTOR_EVERY = 17, 20
#: The person with many applications.
COLLECTOR_NAME = "collector"


@dataclass
class Filled:
    """What the benchmark knows of the rows: secrets, by what they are used for, and people."""

    people: int = 0
    applications: int = 0
    bearer: list[str] = field(default_factory=list)
    refresh: list[str] = field(default_factory=list)
    revoke: list[str] = field(default_factory=list)
    #: Refresh tokens of devices, each with the account of its person.
    sessions: list[tuple[str, UUID]] = field(default_factory=list)
    #: People who sign in with a password alone.
    logins: list[str] = field(default_factory=list)
    #: People who approved the benchmark's application.
    approvers: list[int] = field(default_factory=list)


def fill(tokens: int, *, web: int, collected: int = 2_000, known: int = 1_000) -> Filled:
    """Fill the tables with about so many tokens; ``web`` is the benchmark's application.

    ``collected`` is how many applications the person with many has, ``known`` how many rows of each use are
    known at most.
    """
    grants = tokens * 9 // 20
    filled = Filled(people=max(100, tokens // 20), applications=max(100, tokens // 1000))
    sample = User(username="sample", password=make_password(PASSWORD))
    values = {
        "grants": grants,
        "client_tokens": tokens - 2 * grants,
        # Who has the grant with a number. A person has grants of every kind.
        "person": f"((n % {filled.people} + n / {filled.people} * 7) % {filled.people})",
        # Staff make service tokens by hand: there are 20,000 at the most.
        "service_step": 20 * max(1, grants // 400_000),
        "people": filled.people,
        "applications": filled.applications,
        "web": web,
        "collected": collected,
        "collector": f"'{COLLECTOR_NAME}'",
        "with_factor": _WITH_FACTOR,
        "factor_every": _FACTOR_EVERY,
        "password": f"'{sample.password}'",
        "mark": f"'\\x{password_mark(sample).hex()}'::bytea",
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE known"
            " (n bigint, kind text, digest bytea, turn bytea, PRIMARY KEY (n, kind))"
        )
        cursor.executemany("INSERT INTO known VALUES (%s, %s, %s, %s)", _known(filled, grants, known))
        cursor.execute("ANALYZE known")
        people, applications = _bases(cursor, values)
        for statement in STATEMENTS:
            _run(cursor, statement, values | {"first_person": people, "first_application": applications})
        if collected:
            for statement in COLLECTOR:
                _run(cursor, statement, values)
        cursor.execute("DROP TABLE known")
        filled.approvers = _approvers(cursor, web, known)
    filled.logins = _logins(filled.people, known // 2)
    settle()
    return filled


def settle() -> None:
    """Let PostgreSQL look at the tables, as it does with those of a site; a test is inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def account_of(person: int) -> UUID:
    """Return the UUID of the account of the person with this number."""
    return UUID(md5(f"account-{person}".encode(), usedforsecurity=False).hexdigest())


def _run(cursor: Any, statement: str, values: dict[str, Any]) -> None:
    for name, value in values.items():
        statement = statement.replace(f"{{{name}}}", str(value))
    cursor.execute(statement)


def _bases(cursor: Any, values: dict[str, Any]) -> tuple[int, int]:
    """Return the numbers that the next person and the next application get."""
    bases = []
    for table in ("auth_user", "oauthcore_application"):
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
        bases.append(cursor.fetchone()[0] + 1)
    return bases[0], bases[1]


def _known(filled: Filled, grants: int, most: int) -> list[tuple[int, str, bytes, bytes | None]]:
    """Make the secrets of known rows, note them, and return the rows of the table that has their digests."""
    make = conf.settings().secret_format.make
    rows: list[tuple[int, str, bytes, bytes | None]] = []
    for remainder in (_BEARER, _REVOKE):
        for n in _spread(grants, remainder, most):
            secret = make(SecretKind.ACCESS)
            rows.append((n, "access", secret.digest, None))
            (filled.bearer if remainder == _BEARER else filled.revoke).append(secret.reveal())
    for remainder in (_REFRESH, _SESSION):
        for n in _spread(grants, remainder, most):
            secret = make(SecretKind.REFRESH)
            rows.append((n, "refresh", secret.digest, secret.turn))
            if remainder == _REFRESH:
                filled.refresh.append(secret.reveal())
            else:
                filled.sessions.append(
                    (
                        secret.reveal(),
                        account_of((n % filled.people + n // filled.people * 7) % filled.people),
                    )
                )
    return rows


def _spread(grants: int, remainder: int, most: int) -> Iterable[int]:
    """Return the numbers of grants of a sort that have not ended, so many at most and evenly spread."""
    live = list(_live(grants, remainder))
    step = max(1, len(live) // most)
    return live[::step][:most]


def _live(grants: int, remainder: int) -> Iterator[int]:
    for n in range(remainder, grants + 1, 20):
        if n // 20 % 10 not in _ENDED:
            yield n


def _logins(people: int, most: int) -> list[str]:
    step = max(1, people // most)
    return [f"person-{n}" for n in range(0, people, step) if n % _FACTOR_EVERY != _WITH_FACTOR]


def _approvers(cursor: Any, web: int, most: int) -> list[int]:
    cursor.execute("SELECT user_id FROM oauthcore_consent WHERE application_id = %s ORDER BY id", [web])
    found = [row[0] for row in cursor.fetchall()]
    return found[:: max(1, len(found) // most)][:most]
