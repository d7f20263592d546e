"""How long an import takes: ``python -m benchmarks.imports --tokens 1000000``.

A PostgreSQL is started for the run and filled with tokens of django-oauth-toolkit, half of them access
tokens, half refresh tokens. ``manage.py import_tokens`` then runs in a process of its own. Meanwhile this
process asks a protected view of the site, with tokens of both products. It ends by itself.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import django
from django.core.management import call_command

from benchmarks import DATABASE_VARIABLE
from benchmarks.options import at_least

MOST_SECONDS = 600
MOST_MEGABYTES = 200
PEOPLE = 50_000
APPLICATIONS = 40
#: Seconds between two requests: the site has others to answer than this one client.
PAUSE = 0.1

STATEMENTS = (
    """INSERT INTO auth_user (username, password, first_name, last_name, email, is_superuser, is_staff,
        is_active, date_joined)
    SELECT 'person-' || n, '!x' || n, '', '', '', false, false, true, now()
    FROM generate_series(1, {people}) n""",
    """INSERT INTO oauth2_provider_application (client_id, redirect_uris, post_logout_redirect_uris,
        client_type, authorization_grant_type, client_secret, hash_client_secret, name, skip_authorization,
        created, updated, algorithm, allowed_origins, registration_source)
    SELECT 'client-' || n, 'https://client.example/cb', '', 'confidential', 'authorization-code',
        'secret-' || n, false, 'Application ' || n, false, now(), now(), '', '', 'manual'
    FROM generate_series(1, {applications}) n""",
    """INSERT INTO oauth2_provider_accesstoken (token, token_checksum, expires, scope, resource, created,
        updated, application_id, user_id)
    SELECT 'access-' || n, encode(sha256(('access-' || n)::bytea), 'hex'), now() + interval '1 day', 'read',
        '[]', now() - interval '1 hour', now(), a.id, u.id
    FROM generate_series(1, {each}) n
    JOIN auth_user u ON u.username = 'person-' || 1 + n % {people}
    JOIN oauth2_provider_application a ON a.client_id = 'client-' || 1 + n % {applications}""",
    """INSERT INTO oauth2_provider_refreshtoken (token, token_checksum, token_family, resource, created,
        updated, application_id, user_id, access_token_id)
    SELECT replace(token, 'access', 'refresh'),
        encode(sha256(replace(token, 'access', 'refresh')::bytea), 'hex'), gen_random_uuid(), '[]', created,
        updated, application_id, user_id, id
    FROM oauth2_provider_accesstoken""",
)


@dataclass
class Measured:
    """What a run showed."""

    filled: float = 0
    took: float = 0
    megabytes: float = 0
    processor: float = 0
    seconds: dict[str, list[float]] = field(default_factory=dict)
    refused: int = 0


def main(arguments: list[str]) -> int:
    """Measure, print the figures, return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.imports", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--tokens", type=at_least(1), default=100_000, help="tokens in all (default 100000)")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a target is missed")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    options = parser.parse_args(arguments)
    from benchmarks.database import fresh_database, server

    with server(options.database_url) as url, fresh_database(url) as database_url:
        os.environ[DATABASE_VARIABLE] = database_url
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.moving_settings"
        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        measured = measure(options.tokens)
        from django.db import connection

        from oauthcore.recording.writing import BATCHES

        for batch in BATCHES:  # the database is gone when the process ends
            batch.flush()
        connection.close()
    return report(measured, options.tokens, is_checked=options.check)


def report(measured: Measured, tokens: int, *, is_checked: bool) -> int:
    """Print the figures; return 1 if a target is missed and that matters."""
    print(f"filled with {tokens} tokens in {measured.filled:.0f} s; load {os.getloadavg()[0]:.1f}")
    print(
        f"imported in {measured.took:.0f} s, of which the command computed {measured.processor:.0f} s;"
        f" {measured.megabytes:.0f} MB at most"
    )
    for name, seconds in measured.seconds.items():
        *_, last = quantiles(seconds, n=100) if len(seconds) > 1 else seconds
        median = sorted(seconds)[len(seconds) // 2]
        print(
            f"meanwhile {len(seconds)} checks of {name}: median {median * 1000:.1f} ms,"
            f" 99 in 100 within {last * 1000:.1f} ms"
        )
    print(f"refused: {measured.refused}")
    is_missed = measured.took > MOST_SECONDS or measured.megabytes > MOST_MEGABYTES or measured.refused
    return 1 if is_checked and is_missed else 0


def measure(tokens: int) -> Measured:
    """Fill the tables, import, and ask the site meanwhile."""
    measured = Measured()
    started = time.monotonic()
    _fill(tokens // 2)
    measured.filled = time.monotonic() - started
    ours = _token_of_ours()
    started = time.monotonic()
    command = ["-m", "django", "import_tokens", "--from", "django-oauth-toolkit", "--skip-checks"]
    run = subprocess.Popen([sys.executable, *command])
    while not (done := os.wait4(run.pid, os.WNOHANG))[0]:
        measured.megabytes = _peak(run.pid) or measured.megabytes
        _ask(measured, "a token of this site", ours)
        time.sleep(PAUSE)
    _, status, used = done
    if status:
        raise SystemExit("the import failed")
    measured.took = time.monotonic() - started
    measured.processor = used.ru_utime + used.ru_stime
    for number in range(1, 200):
        _ask(measured, "an imported token, afterwards", f"access-{number}")
    return measured


def _peak(process: int) -> float:
    """Return the most megabytes that a process has had. What wait4 says counts those of this process too."""
    told = Path(f"/proc/{process}/status").read_text()
    lines = [line.split() for line in told.splitlines() if line.startswith("VmHWM")]
    return int(lines[0][1]) / 1024 if lines else 0


def _fill(each: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement.format(people=PEOPLE, applications=APPLICATIONS, each=each))
        cursor.execute("VACUUM ANALYZE")


def _token_of_ours() -> str:
    from django.contrib.auth.models import User

    from oauthcore.testing import token_for

    return token_for(User.objects.create_user("somebody"), "read").text


def _ask(measured: Measured, name: str, token: str) -> None:
    from django.test import Client

    started = time.perf_counter()
    answered: Any = Client().get("/ours/protected", headers={"authorization": f"Bearer {token}"})
    measured.seconds.setdefault(name, []).append(time.perf_counter() - started)
    measured.refused += answered.status_code != 200


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
