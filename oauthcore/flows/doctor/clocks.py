"""Questions about clocks, and about the store of the limiter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from oauthcore import conf, limiter
from oauthcore.flows.doctor.findings import Circumstances, Finding, Kind, Level
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

#: Clocks may differ by this much. An HTTP date has whole seconds.
MOST_DRIFT = timedelta(seconds=5)

CLOCKS_DIFFER = Kind(
    "oauthcore.D050",
    Level.ERROR,
    "The clock of {what} and the clock of this machine differ by more than 5 seconds.",
    "Codes of second factors, signed requests and limits are compared with the clock.",
    "Run NTP (chrony, systemd-timesyncd) on each machine.",
    "docs/deployment.md#more-than-one-machine",
)
LIMITER_DOES_NOT_ANSWER = Kind(
    "oauthcore.D051",
    Level.ERROR,
    "The store of the limiter does not answer.",
    "Logins, wrong secrets and signed requests get 503 until it does.",
    "Start the Redis or Valkey that LIMITER_URL names, correct LIMITER_URL, or leave it out.",
    "docs/deployment.md#the-limiter",
)


def ask(_: Circumstances) -> Iterator[Finding]:
    """Yield what is wrong with the store of the limiter and its clock, and with the database's clock."""
    named: dict[str | None, str] = {None: "the database"}
    if conf.settings().LIMITER_URL:
        named[conf.settings().LIMITER_URL] = "the limiter's store"
    for url, what in named.items():
        try:
            told = limiter.clock_of(url)
        except TemporarilyUnavailable:
            yield LIMITER_DOES_NOT_ANSWER.found()
            continue
        if told is not None and abs(told - datetime.now(UTC)) > MOST_DRIFT:
            yield CLOCKS_DIFFER.found(what=what)
