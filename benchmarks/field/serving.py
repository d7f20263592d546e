"""A site of the field behind gunicorn, on a loopback port."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import DATABASE_VARIABLE
from benchmarks.field.site import Site
from benchmarks.serving import Gunicorn, gunicorn

WORKERS = 2
THREADS = 4
OPTIONS = {"worker_class": "gthread", "threads": THREADS, "keep_alive": 30, "graceful_timeout": 3}


@dataclass(frozen=True)
class Served:
    """A site that answers."""

    site: Site
    server: Gunicorn


@contextmanager
def served(site: Site) -> Iterator[Served]:
    """Serve a site until the context is left, or this process ends."""
    environment = {
        DATABASE_VARIABLE: site.database_url,
        "DJANGO_SETTINGS_MODULE": site.entrant.settings_module,
    }
    with gunicorn(environment, workers=WORKERS, **OPTIONS) as server:
        yield Served(site, server)
