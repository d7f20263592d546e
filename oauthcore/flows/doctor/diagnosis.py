"""The whole examination: every question in turn, and what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import DatabaseError

from oauthcore import conf
from oauthcore.addresses import origin
from oauthcore.flows.doctor import answers, applications, clocks, surroundings, system_checks, tables, unused
from oauthcore.flows.doctor.findings import Circumstances, Finding, Kind, Level
from oauthcore.flows.doctor.network_findings import NOT_REACHED
from oauthcore.flows.doctor.site import NotReached
from oauthcore.models.database import primary, primary_connection
from oauthcore.rules.wire import loopback

NOT_ASKED = Kind(
    "oauthcore.D003",
    Level.ERROR,
    "A question could not be answered ({question}): {error}.",
    "Something that it depends on is broken.",
    "Mend the other findings first, and run the command again.",
    "docs/doctor.md#what-it-asks",
)
DATABASE_DOES_NOT_ANSWER = Kind(
    "oauthcore.D004",
    Level.ERROR,
    "The database {alias} does not answer ({error}).",
    "No request that needs it works. Its rows were not looked at.",
    "Start it, or correct DATABASES.",
    "docs/deployment.md#when-the-database-is-away",
)


@dataclass(frozen=True)
class Diagnosis:
    """What was asked, and what was found: the worst first."""

    issuer: str
    at: datetime
    is_production: bool
    #: How the site was asked: over the ``network``, through the ``handler`` in this process, or not at all.
    site: str
    database: str
    findings: tuple[Finding, ...]

    def at_least(self, level: int) -> bool:
        """Return whether something of this level, or worse, was found."""
        return any(one.level >= level for one in self.findings)


def diagnose(*, now: datetime, is_production: bool | None = None, asks_site: bool = True) -> Diagnosis:
    """Ask every question. None as ``is_production``: unless the issuer is this machine itself."""
    production = not _is_local(conf.issuer()) if is_production is None else is_production
    asked = _Examination(now)
    asked.ask("system checks", lambda _: system_checks.ask(is_deployed=production))
    site = database = ""
    if not asked.around.knows(*system_checks.UNREADABLE):
        asked.ask("settings", surroundings.ask)
        if production:
            asked.ask("settings of production", surroundings.ask_in_production)
        database = _ask_database(asked)
        if asks_site and not asked.around.knows("oauthcore.E002", "oauthcore.E017", "oauthcore.D001"):
            site = _ask_site(asked)
    found = tuple(sorted(asked.findings, key=lambda one: (-one.level, one.id)))
    return Diagnosis(conf.issuer(), now, production, site, database, found)


class _Examination:
    """The findings so far."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.findings: list[Finding] = []

    @property
    def around(self) -> Circumstances:
        """What the next question knows."""
        return Circumstances(self._now, frozenset(one.id for one in self.findings))

    def ask(self, what: str, question: Callable[[Circumstances], Iterator[Finding]]) -> None:
        """Ask a question and keep its findings. A question that fails is a finding too."""
        try:
            for one in question(self.around):
                self.findings.append(one)
        except DatabaseError as error:
            self.findings.append(DATABASE_DOES_NOT_ANSWER.found(alias=primary(), error=type(error).__name__))
        except Exception as error:  # on a broken site a question may fail in any way
            self.findings.append(NOT_ASKED.found(question=what, error=type(error).__name__))


def _ask_database(asked: _Examination) -> str:
    asked.ask("migrations", lambda _: tables.missing_migrations())
    if not asked.around.knows(tables.MIGRATIONS_ARE_MISSING.id, DATABASE_DOES_NOT_ANSWER.id):
        asked.ask("rows", tables.ask)
        asked.ask("applications", applications.ask)
        asked.ask("what is unused", unused.ask)
        asked.ask("clocks", clocks.ask)
    return f"{primary()} ({primary_connection().vendor})"


def _ask_site(asked: _Examination) -> str:
    site, findings = answers.reach()
    asked.findings += findings

    def question(around: Circumstances) -> Iterator[Finding]:
        try:
            yield from answers.ask(site, around)
        except NotReached as why:
            yield NOT_REACHED.found(address=origin(), why=why)

    asked.ask("the site", question)
    return "network" if site.is_network else "handler"


def _is_local(issuer: str) -> bool:
    return urlsplit(issuer).hostname in loopback.HOSTS
