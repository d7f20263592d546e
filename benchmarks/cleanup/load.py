"""The token endpoint under gunicorn, while nothing is cleaned up and while something is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.cleanup.watch import Watched, run
from benchmarks.load import Act, Client, load
from benchmarks.products import Credentials

THREADS = 4


@dataclass(frozen=True)
class Known:
    """The applications that ask, and refresh tokens of one of them."""

    web: Credentials
    machine: Credentials
    refresh_tokens: list[str]


def prepare() -> Known:
    """Register applications, and get a refresh token for each thread of the load."""
    from itertools import cycle

    from benchmarks.ours import OAuthCore, write_counts
    from benchmarks.people import create_users
    from benchmarks.products import Operations

    product = OAuthCore("ours", cycle(create_users(THREADS)))
    operations = Operations(product, tokens_of_each=THREADS)
    operations.populate()
    write_counts()
    return Known(product.web_application, product.machine_application, operations._refresh_tokens)


@dataclass(frozen=True)
class Loaded:
    """A clean-up under load: what it took, and the seconds of the answers before it and meanwhile."""

    watched: Watched
    before: list[float]
    meanwhile: list[float]
    failed: int


def under_load(here: Mapping[str, str], known: Known, *, rate: float, seconds: float) -> Loaded:
    """Clean up while the token endpoint is asked."""
    from benchmarks.cleanup.__main__ import OURS
    from benchmarks.serving import gunicorn

    acts = [_acts(known, token) for token in known.refresh_tokens]
    with gunicorn(here) as site, load(site.port, acts, rate) as clients:
        time.sleep(min(5.0, seconds))  # what a process does once
        begun = time.time()
        time.sleep(seconds)
        cleaning = time.time()
        watched = run(OURS, here)
        ended = time.time()
    samples = [sample for client in clients for sample in client.samples]
    return Loaded(
        watched,
        before=[one.seconds for one in samples if begun <= one.at < cleaning],
        meanwhile=[one.seconds for one in samples if cleaning <= one.at < ended],
        failed=sum(one.status != 200 for one in samples) + sum(len(client.faults) for client in clients),
    )


def _acts(known: Known, refresh_token: str) -> list[tuple[int, Act]]:
    current = [refresh_token]

    def client_credentials(client: Client) -> None:
        fields = {"grant_type": "client_credentials", "scope": "read", **known.machine.as_fields}
        client.form("client credentials", "/oauth/token", fields)

    def refresh(client: Client) -> None:
        fields = {"grant_type": "refresh_token", "refresh_token": current[0], **known.web.as_fields}
        answer = client.form("refresh", "/oauth/token", fields)
        if answer.status == 200:
            current[0] = answer.json["refresh_token"]

    return [(1, client_credentials), (1, refresh)]
