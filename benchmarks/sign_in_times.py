"""Whether the time of a refused sign-in tells whose login it was: ``python -m benchmarks.sign_in_times``.

The reference site, its middleware and its real password hasher, in this process, on a PostgreSQL started for
the run. Each round tries one login of every sort with a wrong password, in a new random order. It ends by
itself after ``--samples`` rounds or ``--seconds``, whichever comes first.
"""

from __future__ import annotations

import argparse
import gc
import logging
import math
import os
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, groupby
from statistics import median, quantiles
from typing import Any

import django
from django.core.management import call_command

from benchmarks.environment import ENVIRONMENT
from benchmarks.options import at_least, more_than_nothing

PEOPLE_OF_EACH = 20
ROUNDS_TO_WARM_UP = 5
MOST_DIFFERENCE = 0.05
LEAST_P = 0.01

Times = dict[str, list[float]]
Logins = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Comparison:
    """One sort of login beside one that nobody has: milliseconds, and how likely chance alone differs so."""

    sort: str
    times: list[float]
    base: list[float]

    @property
    def difference(self) -> float:
        """By how much the medians differ, as a share of the base's."""
        return median(self.times) / median(self.base) - 1

    @property
    def p(self) -> float:
        return mann_whitney(self.times, self.base)

    @property
    def is_even(self) -> bool:
        return abs(self.difference) <= MOST_DIFFERENCE and self.p > LEAST_P

    def as_text(self) -> str:
        """Return a line of the table."""
        twentieths = quantiles(self.times, n=20)
        figures = (median(self.times), twentieths[0], twentieths[-1])
        line = f"{self.sort:28}" + "".join(f"{figure:9.2f}" for figure in figures)
        if self.times is self.base:
            return line
        return f"{line}{self.difference:+9.1%}{self.p:8.3f}{'' if self.is_even else '  UNEVEN'}"


def mann_whitney(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p of the Mann-Whitney U test, by its normal approximation with ties corrected."""
    count, other = len(first), len(second)
    ranked = sorted(chain(((value, True) for value in first), ((value, False) for value in second)))
    ranks, ties, before = 0.0, 0, 0
    for _, group in groupby(ranked, key=lambda one: one[0]):
        members = [is_first for _, is_first in group]
        ranks += sum(members) * (before + (len(members) + 1) / 2)
        ties += len(members) ** 3 - len(members)
        before += len(members)
    expected = count * other / 2
    everybody = count + other
    variance = count * other / 12 * (everybody + 1 - ties / (everybody * (everybody - 1)))
    if variance == 0:
        return 1.0
    distance = max(abs(ranks - count * (count + 1) / 2 - expected) - 0.5, 0)
    return math.erfc(distance / math.sqrt(2 * variance))


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sign_in_times", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "--samples", type=at_least(20), default=300, help="samples of each sort (default 300)"
    )
    parser.add_argument(
        "--seconds", type=more_than_nothing, default=900, help="stop after the round in which these pass"
    )
    parser.add_argument("--check", action="store_true", help="exit with status 1 if times tell logins apart")
    parser.add_argument("--database-url", default=None, help="a PostgreSQL server; one is started otherwise")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure, print the table, return the exit status."""
    options = parse_arguments(arguments)
    with reference_site(options.database_url):
        groups = people()
        times = measure(groups, samples=options.samples, seconds=options.seconds)
    comparisons = [
        Comparison(sort, times[sort], times[next(iter(group))]) for group in groups for sort in group
    ]
    for line in report(comparisons):
        print(line)
    return 1 if options.check and not all(one.is_even for one in comparisons) else 0


def report(comparisons: list[Comparison]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{len(comparisons[0].times)} samples of each, milliseconds; load {os.getloadavg()[0]:.1f}"
    yield f"{'':28}{'median':>9}{'5 %':>9}{'95 %':>9}{'apart':>9}{'p':>8}"
    for one in comparisons:
        yield one.as_text()
    yield f"UNEVEN: medians more than {MOST_DIFFERENCE:.0%} apart, or p of {LEAST_P} and less"


@contextmanager
def reference_site(server_url: str | None) -> Iterator[None]:
    """Set the reference site up on an empty, migrated database, with limits that nobody reaches."""
    from benchmarks.database import fresh_database, server

    with server(server_url) as url, fresh_database(url) as database_url:
        os.environ.update(ENVIRONMENT, DATABASE_URL=database_url)
        django.setup()
        logging.disable()
        warnings.filterwarnings(
            "ignore", "No directory at", UserWarning
        )  # static files, which nobody asks for
        call_command("migrate", verbosity=0, skip_checks=True)
        from django.conf import settings
        from django.test import override_settings

        limits = ("LOGIN_ADDRESS_LIMIT", "LOGIN_LIMIT", "LOGIN_STRANGER_LIMIT")
        with override_settings(OAUTHCORE=settings.OAUTHCORE | dict.fromkeys(limits, (10**9, 3600))):
            yield


def people() -> list[Logins]:
    """Make people; return the logins of each sort. The first sort of each group has no person at all."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    encoded = make_password("the right password")

    def create(sort: str, **values: Any) -> list[User]:
        return User.objects.bulk_create(
            User(username=f"{sort}-{n}", email=f"{sort}-{n}@site.example", **{"password": encoded, **values})
            for n in range(PEOPLE_OF_EACH)
        )

    active, inactive = create("active"), create("inactive", is_active=False)
    factor = create("factor")
    for user in factor:
        _switch_on(user)
    no_password = create("none", password=make_password(None))
    return [
        {
            "unknown name": [f"nobody-{n}" for n in range(PEOPLE_OF_EACH)],
            "wrong password": [user.username for user in active],
            "inactive": [user.username for user in inactive],
            "no usable password": [user.username for user in no_password],
            "second factor on": [user.username for user in factor],
        },
        {
            "unknown address": [f"nobody-{n}@site.example" for n in range(PEOPLE_OF_EACH)],
            "wrong password, by address": [user.email for user in active],
            "inactive, by address": [user.email for user in inactive],
        },
    ]


def _switch_on(user: Any) -> None:
    from django.utils import timezone

    from oauthcore.models import TOTPFactor

    TOTPFactor.prepare(user, now=timezone.now())
    TOTPFactor.objects.filter(user=user).update(confirmed_at=timezone.now())


def measure(groups: list[Logins], *, samples: int, seconds: float) -> Times:
    """Return the milliseconds of each try, by its sort."""
    attempt = attempts()
    logins = {sort: names for group in groups for sort, names in group.items()}
    sorts, times = list(logins), {sort: list[float]() for sort in logins}
    ends_at = time.monotonic() + seconds
    for number in range(-ROUNDS_TO_WARM_UP, samples):
        if number == 0:
            gc.collect()
            gc.freeze()
        random.shuffle(sorts)
        for sort in sorts:
            took = attempt(logins[sort][number % PEOPLE_OF_EACH])
            if number >= 0:
                times[sort].append(took)
        if number >= 20 and time.monotonic() > ends_at:
            break
    return times


def attempts() -> Callable[[str], float]:
    """Return what tries a login with a wrong password, and says how many milliseconds that took."""
    from django.core.handlers.wsgi import WSGIHandler

    from benchmarks.requests import post_json, send

    handler = WSGIHandler()
    device = {"name": "Phone", "platform": "ios"}

    def attempt(login: str) -> float:
        request = post_json("/v1/auth/sign_in", {"login": login, "password": "guessed", "device": device})
        started = time.perf_counter_ns()
        answer = send(handler, request)
        took = (time.perf_counter_ns() - started) / 1_000_000
        if answer.status != 401:
            raise RuntimeError(f"{answer.status} {answer.body!r}, where a refusal was to be measured")
        return took

    return attempt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
