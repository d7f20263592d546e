"""The rig: a database, a site in several processes, a ledger, and the driver's own look at the rows."""

from __future__ import annotations

import json
import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proof.clients.sending import Sender
from proof.ledger import Ledger
from proof.servers.database import DurablePostgreSQL, durable_postgresql
from proof.servers.site import RunningSite, environment, running_site

if TYPE_CHECKING:
    from tests.support.proofs import Prover

DATABASE = "proof"


@dataclass
class Rig:
    """What every run is given. ``random`` is seeded: a seed always makes the same decisions."""

    database: DurablePostgreSQL
    folder: Path
    seed: int
    random: random.Random
    _stack: ExitStack = field(repr=False)
    #: The one of the run; ``begin`` makes it.
    ledger: Ledger = field(init=False)
    #: The mutant that every request names.
    mutant: str = ""
    #: If there is one, applications get JWTs that are bound to this key.
    prover: Prover | None = None
    _site: RunningSite | None = None
    _runs: int = 0

    def __post_init__(self) -> None:
        self._ends_site = self._stack.enter_context(ExitStack())

    @property
    def database_url(self) -> str:
        """Where the database of the site is."""
        return self.database.url(DATABASE)

    @property
    def site(self) -> RunningSite:
        """The site under gunicorn with two worker processes, started when a run first asks for it."""
        if self._site is None:
            self._site = self._ends_site.enter_context(running_site(self.folder, self.database_url))
        return self._site

    @contextmanager
    def under(self, program: str, **how: Any) -> Iterator[RunningSite]:
        """Let the site of the rig be another one until the end of the block: under another program."""
        with self.own_site(program=program, **how) as self._site:
            try:
                yield self._site
            finally:
                self._site = None

    @contextmanager
    def with_settings(self, **values: Any) -> Iterator[RunningSite]:
        """Let the site, and the driver, have other settings of oauthcore until the end of the block."""
        from django.conf import settings
        from django.test import override_settings

        changed = override_settings(OAUTHCORE={**settings.OAUTHCORE, **values})
        with changed, self.under("gunicorn", PROOF_OAUTHCORE=json.dumps(values)) as site:
            yield site

    @contextmanager
    def own_site(self, **how: Any) -> Iterator[RunningSite]:
        """Start a site of its own for a run, on the same database: ``program``, ``workers``, environment.

        The site of the rig ends first: each of its threads keeps a connection, and the server has so many
        only. It starts again when somebody asks for it.
        """
        self._ends_site.close()
        self._site = None
        with running_site(self.folder, self.database_url, **how) as site:
            yield site

    def sender(self, *, url: str = "") -> Sender:
        """Return what sends requests to the site, or to another address, and writes them into the ledger."""
        return Sender(
            url or self.site.url, self.ledger, mutant=self.mutant, seed=self.seed, prover=self.prover
        )

    def begin(self, name: str) -> None:
        """Begin a run: with empty tables, an empty ledger, and chance as the seed makes it."""
        self._runs += 1
        self.random = random.Random(f"{self.seed} {name}")
        self.ledger = Ledger(self.folder / f"{self._runs:03} {name}.jsonl")
        self.hashed.write_text("")
        empty_tables()

    @property
    def hashed(self) -> Path:
        """The file with a line for each password that the site has hashed."""
        return self.folder / "hashed"

    def passwords_hashed(self) -> int:
        """Return how many passwords were hashed since the run began, by the site and by the driver."""
        return self.hashed.read_text().count("\n")


def empty_tables() -> None:
    """Remove what earlier runs have left; what migrations have put there stays."""
    from django.db import connection

    from tests.support.emptied_tables import KEPT

    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    names = ", ".join(map(connection.ops.quote_name, sorted(set(tables) - KEPT)))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")


def set_up_django(folder: Path, url: str, stack: ExitStack) -> None:
    """Set Django up in this process, which plants rows and audits, on a database, and migrate that."""
    os.environ.update(environment(folder, url, DATABASE_TIMEOUT="0"))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    stack.callback(connections.close_all)
    call_command("migrate", verbosity=0, skip_checks=True)


@contextmanager
def started_rig(*, seed: int, folder: Path | None = None) -> Iterator[Rig]:
    """Start the database, migrate it, and set Django up in this process. Everything ends with the block."""
    with ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oauthcore-proof-")))
        for name in ("static", "temporary"):
            (where / name).mkdir(parents=True, exist_ok=True)
        database = stack.enter_context(durable_postgresql())
        url = database.create(DATABASE)
        set_up_django(where, url, stack)
        yield Rig(database, where, seed, random.Random(seed), stack)
