"""R4: what the site depends on fails, one after the other, while clients go on using it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass

from django.db import connections

from proof.clients.applications import ApplicationClient
from proof.clients.traffic import Heard, Told, seconds_until_well, visitors
from proof.faults import FAULTS, World
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from proof.servers.faulty_network import faulty_network
from proof.servers.store import counting_store
from tests.support.factories import register
from tests.support.percentiles import percentile

MOST_SECONDS = 3.0
SECONDS_TO_RECOVER = 5.0
#: These never count a try when all is right, so they do not need the store.
WITHOUT_STORE = {"use", "client_credentials", "code", "refresh", "device_token", "revoke"}


#: In these the site can do little or nothing, so it has to say so.
IS_DOWN = {
    *("database frozen", "database stopped", "database killed", "database read-only"),
    *("connections taken", "rows locked by others"),
}
#: In these nobody can count, so a wrong secret cannot be looked at.
CANNOT_COUNT = {"store stopped", "store frozen"}
#: In these answers do not arrive.
LOSES_ANSWERS = {"answers lost", "answers cut"}
#: What ends the connections of the driver too.
ENDS_CONNECTIONS = {"database stopped", "database killed", "connections taken"}


@dataclass(frozen=True)
class Size:
    """Which faults, how often, for how long, and how many clients use the site meanwhile."""

    faults: tuple[str, ...]
    rounds: int
    seconds: float
    clients: int


def work(rig: Rig, size: Size) -> Findings:
    """Let one thing after the other fail, under traffic, and see how the site is and recovers."""
    found = Findings()
    with ExitStack() as stack:
        store = stack.enter_context(counting_store())
        site = stack.enter_context(rig.own_site(LIMITER_URL=store.url))
        network = stack.enter_context(faulty_network(site.url))
        sender = rig.sender(url=site.url)
        world = World(rig, sender, store, network, site.url)
        application = ApplicationClient(rig.sender(url=site.url), register())
        probe = application.act_for_itself
        heard = stack.enter_context(visitors(sender, f"{rig.seed}", how_many=size.clients))
        found.expect(seconds_until_well(probe) < SECONDS_TO_RECOVER, "the site did not come up")
        _wait_for_chains(heard, 2 * size.clients)
        told: dict[str, list[Told]] = {name: [] for name in size.faults}
        for name in size.faults * size.rounds:
            time.sleep(0.5)
            began = time.monotonic()
            if name in ENDS_CONNECTIONS:
                connections.close_all()
            with FAULTS[name](world):
                there_since = time.monotonic()
                time.sleep(size.seconds)
                if name in CANNOT_COUNT:
                    _expect_no_count(found, name, application, world.sender.new_address())
                there_until = time.monotonic()
            seconds = seconds_until_well(probe)
            found.count("faults")
            what = f"{name}: most seconds until well"
            found.numbers[what] = max(seconds, found.numbers.get(what, 0.0))
            found.expect(seconds < SECONDS_TO_RECOVER, f"{name}: it took {seconds} s to recover")
            its = [one for one in list(heard.told) if one.began >= began]
            _judge(found, name, its, since=there_since, until=there_until)
            told[name] += its
        for name, every in told.items():
            _sum_up(found, name, every)
    found.faults += heard.faults
    found.count("requests", len(heard.told))
    connections.close_all()
    return found


def _wait_for_chains(heard: Heard, how_many: int) -> None:
    """Wait until clients have refreshed so often: before that there are no rows to lock."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        told = [one for one in list(heard.told) if one.status == 200]
        if sum(one.flow in ("refresh", "device_token") for one in told) >= how_many:
            return
        time.sleep(0.05)


def _expect_no_count(found: Findings, name: str, application: ApplicationClient, address: str) -> None:
    told = application.act_for_itself(address=address, flow="wrong secret", client_secret="guessed").status
    found.expect(told == 503, f"{name}: a wrong secret was answered {told}")


def _judge(found: Findings, name: str, told: list[Told], *, since: float, until: float) -> None:
    """Judge what was told around a fault, which was there from one moment until another."""
    refused = [one for one in told if one.status == 503]
    slowest = _slowest(refused)
    found.expect(slowest < MOST_SECONDS, f"{name}: the 503 took {slowest} s")
    silent = [one for one in told if one.status == 0]
    found.expect(not silent or name in LOSES_ANSWERS, f"{name}: {len(silent)} requests had no answer at all")
    there = [one for one in told if one.began >= since and one.began + one.seconds <= until]
    are_served = any(200 <= one.status < 300 for one in there)
    found.expect(are_served or name in IS_DOWN | LOSES_ANSWERS, f"{name}: nobody was served")
    found.expect(bool(refused) or name not in IS_DOWN, f"{name}: nothing was refused")
    found.expect(bool(silent) or name not in LOSES_ANSWERS, f"{name}: every request had its answer")
    if name.startswith("store"):
        needless = {one.flow for one in refused} & WITHOUT_STORE
        found.expect(not needless, f"{name}: refused without need: {', '.join(sorted(needless))}")


def _sum_up(found: Findings, name: str, told: list[Told]) -> None:
    refused = [one for one in told if one.status == 503]
    found.numbers[f"{name}: 503 of all"] = f"{len(refused)} of {len(told)}, p99 {_slowest(refused)} s"


def _slowest(told: list[Told]) -> float:
    """Return how long 99 in 100 of the answers took at the most."""
    return round(percentile([one.seconds for one in told]), 3)


RUN = Run(
    "dependency_faults",
    "Database, store and network fail: 503 in time, nothing lost, and well again at once.",
    work,
    {
        "gate": Size(
            faults=("rows locked by others", "database frozen", "database killed", "store frozen"),
            rounds=1,
            seconds=2.2,
            clients=6,
        ),
        "night": Size(faults=tuple(FAULTS), rounds=3, seconds=5, clients=8),
        "release": Size(faults=tuple(FAULTS), rounds=10, seconds=5, clients=8),
    },
)
