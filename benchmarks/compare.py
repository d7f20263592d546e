"""One run from the registered applications to the report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import cycle

from django.db.backends.base.base import BaseDatabaseWrapper

from benchmarks import database, measure, report
from benchmarks.database import PREPARED, PROFILES, Profile
from benchmarks.legacy import LegacyOperations
from benchmarks.measure import Subject
from benchmarks.ours import OAuthCore, write_counts
from benchmarks.people import TOKENS, USERS, create_users
from benchmarks.products import Operation, Operations, plain_operations
from benchmarks.rival import DjangoOAuthToolkit

ROUNDS_OF_HASHED = 5  # one call each: hashing a client secret takes about a second


def compare(
    *, rounds: int, calls: int, seconds: float, only: Collection[str], tell: Callable[[int], None]
) -> report.Report:
    """Measure what ``only`` names, and the plain views beside it; report."""
    database.use(database.open_connection(PREPARED))
    subjects = [subject for subject in _subjects(calls, rounds) if _is_wanted(subject, only)]
    database.settle()
    measure.warm_up(subjects)
    statements = {subject.key: subject.count_statements() for subject in subjects if _is_quick(subject)}
    timings = measure.run(subjects, rounds=rounds, seconds=seconds, tell=tell)
    write_counts()
    done = max(len(times) for times in timings.values())
    return report.build(timings, statements, rounds=done)


def _is_wanted(subject: Subject, only: Collection[str]) -> bool:
    return subject.operation.product == report.PLAIN or subject.operation.name in only


def _is_quick(subject: Subject) -> bool:
    return subject.profile == PREPARED.name and subject.operation.product != report.RIVAL_HASHED


def _subjects(calls: int, rounds: int) -> list[Subject]:
    users = create_users(USERS)
    ours = Operations(OAuthCore(report.OURS, cycle(users)), tokens_of_each=TOKENS)
    rival = Operations(DjangoOAuthToolkit(report.RIVAL, cycle(users), hashed=False), tokens_of_each=TOKENS)
    hashed = Operations(DjangoOAuthToolkit(report.RIVAL_HASHED, cycle(users), hashed=True), tokens_of_each=1)
    legacy = LegacyOperations(users[:TOKENS], counted=report.OURS, uncounted=report.UNCOUNTED)
    for operations in (ours, rival, hashed):
        operations.populate()
    return [
        *_on_connections(plain_operations(), calls, rounds),
        *_on_connections(ours, calls, rounds),
        *_on_connections(rival, calls, rounds),
        *_on_connections(legacy, calls, rounds),
        *(
            Subject(operation, PREPARED.name, connection, calls=1, rounds=ROUNDS_OF_HASHED)
            for connection in [database.open_connection(PREPARED)]
            for operation in hashed
            if operation.name != "bearer check"  # no client secret is looked at there
        ),
    ]


def _on_connections(operations: Iterable[Operation], calls: int, rounds: int) -> list[Subject]:
    """Give a product a connection of its own for each way of talking, as its own server would have."""
    every = list(operations)
    return [
        Subject(operation, profile.name, connection, calls, rounds)
        for profile, connection in _connections()
        for operation in every
    ]


def _connections() -> list[tuple[Profile, BaseDatabaseWrapper]]:
    return [(profile, database.open_connection(profile)) for profile in PROFILES]
