"""Which migrations of the installed applications the primary database does not have yet."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache

from django.db import router
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from oauthcore.models.database import primary, primary_connection

Key = tuple[str, str]


def missing_migrations() -> list[Key]:
    """Return the application and name of each migration that was not applied. It takes two queries.

    The files are read once in a process, because a new release is a new process.
    """
    return not_in(MigrationRecorder(primary_connection()).applied_migrations(), _replaced_by(primary()))


def not_in(applied: Collection[Key], known: Mapping[Key, Collection[Key]]) -> list[Key]:
    """Return the known migrations that are not applied.

    ``known`` maps each migration to those that it replaces. It counts as applied once all of those are, and
    they count as applied once it is, as in Django's own loader.
    """
    done, waiting = set(applied), {key: replaced for key, replaced in known.items() if replaced}
    while ready := {
        key for key, replaced in waiting.items() if key in done or all(one in done for one in replaced)
    }:
        for key in ready:
            done |= {key, *waiting.pop(key)}
    return sorted(key for key in known if key not in done)


@cache
def _replaced_by(alias: str) -> dict[Key, tuple[Key, ...]]:
    """Return the migrations on disk of the applications whose tables are in a database."""
    on_disk = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    return {
        key: tuple(migration.replaces)
        for key, migration in on_disk.items()
        if router.allow_migrate(alias, key[0])
    }
