"""An hour of mixed traffic: ``python -m benchmarks.soak --minutes 60``, or ``make soak``.

The reference site under gunicorn, on a PostgreSQL started for the run, loopback only. How much it can answer
is measured first; 30 % of that is asked of it for as long as wanted. Workers are replaced now and then, and
``oauthcore_cleanup`` runs beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import django
from django.core.management import call_command

from benchmarks.database import fresh_database, server
from benchmarks.environment import ENVIRONMENT
from benchmarks.load import load
from benchmarks.options import more_than_nothing
from benchmarks.serving import Gunicorn, gunicorn
from benchmarks.soak.acts import PASSWORD, Applications, Person
from benchmarks.soak.report import Report
from benchmarks.soak.watch import watching
from tests.support.servers.over_time import end_after

SHARE = 0.3
WORKERS = 2
PEOPLE = 8
SECONDS_TO_CALIBRATE = 15
#: Seconds that one clean-up may take, and everything beside the minutes that are asked for.
MOST_SECONDS_TO_CLEAN, MOST_SECONDS_BESIDES = 600, 1800
#: Seconds after which the workers are replaced first: early, so that those after them are looked at for long.
FIRST_RESTART = 300.0


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--minutes", type=more_than_nothing, default=60, help="how long (default 60)")
    parser.add_argument(
        "--rate", type=more_than_nothing, default=None, help="turns a second, instead of 30 % of capacity"
    )
    parser.add_argument("--window", type=more_than_nothing, default=5, help="minutes of one p99 (default 5)")
    parser.add_argument("--clean-every", type=more_than_nothing, default=10, help="minutes (default 10)")
    parser.add_argument("--restart-every", type=more_than_nothing, default=240, help="minutes (default 240)")
    parser.add_argument("--json", action="store_true", help="print everything as one JSON object instead")
    parser.add_argument("--check", action="store_true", help="exit with status 1 if a target is missed")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run, print the figures, return the exit status."""
    options = parse_arguments(arguments)
    end_after(options.minutes * 60 + MOST_SECONDS_BESIDES)
    with server(options.database_url) as url, fresh_database(url) as database_url:
        environment = ENVIRONMENT | {"DATABASE_URL": database_url, "OAUTHCORE_ISSUER": "http://testserver"}
        os.environ.update(environment)
        django.setup()
        call_command("migrate", verbosity=0, skip_checks=True)
        people = prepare()
        served = {**environment, "DATABASE_TIMEOUT": "4"}
        with gunicorn(served, workers=WORKERS) as site:
            report = run(site, people, served, options)
    print(json.dumps(report.as_json(), indent=2) if options.json else report.as_text())
    return 1 if options.check and report.misses else 0


def prepare() -> list[Person]:
    """Register applications, and make people who have approved one of them and are logged in."""
    from django.contrib.auth.models import User
    from django.db import connection

    from benchmarks.ours import OAuthCore, write_counts
    from oauthcore.models import Application, Consent
    from reference_site.accounts.models import Account, Membership
    from tests.support.sessions import log_in

    product = OAuthCore("ours", iter(()))
    applications = Applications(product.web_application, product.machine_application, product.resource_server)
    web = Application.objects.get(client_id=product.web_application.client_id)
    people = []
    for number in range(PEOPLE):
        user = User.objects.create_user(f"person-{number}", password=PASSWORD)
        account = Account.objects.create(name=f"Account {number}")
        Membership.objects.create(account=account, user=user, role="owner")
        Consent.objects.create(
            user=user, application=web, scopes=frozenset({"read"}), account_uuid=account.uuid
        )
        people.append(Person(applications, user.username, account.uuid, f"sessionid={log_in(user)}"))
    write_counts()
    connection.close()
    return people


def run(
    site: Gunicorn, people: list[Person], environment: Mapping[str, str], options: argparse.Namespace
) -> Report:
    """Measure what the site can answer, ask a share of it, and look at the site meanwhile."""
    acts = [person.acts() for person in people]
    with load(site.port, acts, 10**6) as clients:
        time.sleep(SECONDS_TO_CALIBRATE)
    answered = sum(len(client.samples) for client in clients)
    capacity = answered / SECONDS_TO_CALIBRATE
    rate = options.rate or capacity * SHARE / _requests_a_turn()
    for person in people:
        person.unexpected.clear()
    cleanups: list[float | None] = []
    seconds, restarts = options.minutes * 60, 0
    started = time.monotonic()
    with watching(site, environment["DATABASE_URL"]) as seen:
        with load(site.port, acts, rate) as clients:
            next_clean = started + min(options.clean_every * 60, seconds / 2)
            next_restart = started + min(options.restart_every * 60, FIRST_RESTART, seconds / 2)
            while (now := time.monotonic()) < started + seconds:
                if now >= next_clean:
                    cleanups.append(_clean_up(environment))
                    next_clean = now + options.clean_every * 60
                if now >= next_restart:
                    site.replace_workers()
                    restarts += 1
                    next_restart = now + options.restart_every * 60
                time.sleep(0.5)
        took = time.monotonic() - started
        cleanups.append(_clean_up(environment))  # the tables are looked at once more after it
    return Report(
        seconds=took,
        capacity=capacity,
        samples=[sample for client in clients for sample in client.samples],
        seen=seen,
        unexpected=sum((person.unexpected for person in people), Counter[str]()),
        window=min(options.window * 60, seconds / 3),
        cleanups=cleanups,
        restarts=restarts,
        faults=[fault for client in clients for fault in client.faults],
    )


def _requests_a_turn() -> float:
    """Return how many requests a turn of a person is, on average."""
    requests: dict[str, int] = {"approve": 3, "sign_in": 3}
    weights: list[tuple[int, Any]] = Person.acts(Person.__new__(Person))
    return sum(weight * requests.get(act.__name__, 1) for weight, act in weights) / sum(
        weight for weight, _ in weights
    )


def _clean_up(environment: Mapping[str, str]) -> float | None:
    """Clean up, and return how long it took; None if it failed."""
    started = time.monotonic()
    try:
        subprocess.run(
            [sys.executable, "-m", "django", "oauthcore_cleanup", "--skip-checks"],
            env={**os.environ, **environment},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=MOST_SECONDS_TO_CLEAN,
        )
    except subprocess.SubprocessError as error:
        print(error, file=sys.stderr)
        return None
    return time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
