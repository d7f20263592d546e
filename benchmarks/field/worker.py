"""What a site of the field does in its process."""

from __future__ import annotations

import warnings

import django
from django.core.management import call_command

from benchmarks.field.products import OURS, Entrant
from benchmarks.field.site import Counts

_FEW = 2


class Worker:
    """A site with its operations, on a connection for each way to talk to PostgreSQL."""

    def __init__(self, entrant: Entrant) -> None:
        self._entrant = entrant
        warnings.simplefilter("ignore", DeprecationWarning)  # of packages that are measured as they are
        django.setup()

    def begin(self) -> list[str]:
        """Make the tables and everything that the operations need; return the names of the operations."""
        from benchmarks import database, measure

        database.use(database.open_connection(database.PREPARED))
        call_command("migrate", verbosity=0, skip_checks=True)
        call_command("migrate", run_syncdb=True, verbosity=0, skip_checks=True)  # apps without migrations
        operations = {one.name: one for one in self._entrant.make_operations()}
        profiles = [(profile, database.open_connection(profile)) for profile in database.PROFILES]
        self._subjects = {
            (operation.name, profile.name): measure.Subject(operation, profile.name, connection, _FEW, 1)
            for profile, connection in profiles
            for operation in operations.values()
        }
        database.settle()
        measure.warm_up(self._subjects.values())
        return list(operations)

    def measure(self, operation: str, profile: str, calls: int) -> float:
        """Return the median microseconds of a call."""
        return self._subjects[operation, profile].measure(calls)

    def counts(self, operation: str) -> Counts:
        """Count the statements and the password hashes of a call."""
        from benchmarks.database import PREPARED
        from benchmarks.field.hashing import Hashes

        hashes = Hashes()
        statements = self._subjects[operation, PREPARED.name].count_statements(hashes)
        return Counts(statements, hashes.made)

    def raw_requests(self, operation: str, count: int) -> list[bytes]:
        """Return requests as they are sent through a socket."""
        from benchmarks.database import PREPARED
        from benchmarks.requests import as_sent

        return [as_sent(one) for one in self._subjects[operation, PREPARED.name].operation.prepare(count)]

    def hash_times(self) -> dict[str, float]:
        """Return what one password hash takes."""
        from benchmarks.field import hashing

        return hashing.milliseconds()

    def end(self) -> None:
        """Write what is counted in memory while there still is a database."""
        if self._entrant.name == OURS:
            from benchmarks.ours import write_counts

            write_counts()
