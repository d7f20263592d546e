"""R6: the schema changes below a running release, and old rows are removed below clients, with kills."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connections
from django.test import override_settings

from proof.clients.applications import ApplicationClient, use
from proof.clients.browsers import BrowserClient
from proof.clients.people import new_user
from proof.clients.sending import Answer, Sender
from proof.clients.traffic import Heard, Visitor, coming
from proof.expired_rows import expired, fill
from proof.findings import Findings
from proof.rig import Rig
from proof.runs.run import Run
from proof.servers import previous_release
from proof.servers.lock_watch import LockWatch, lock_watch
from proof.servers.site import environment
from tests.support.factories import register
from tests.support.percentiles import percentile
from tests.support.serving.served import ROOT

MOST_SECONDS_OF_A_LOCK = 1.0
#: After a change of the schema the clients go on for so long before the next.
_SECONDS_BETWEEN = 2.0
_COMMAND_SECONDS = 300
#: The settings without failpoints: the earlier release has none, and commands need none.
_OF_SITE = "reference_site.settings"
#: With a migration that the run must notice.
_PLANTED = "proof.planted.settings"
#: And so the passwords of people are hashed as there.
_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
#: The site removes no rows by itself: each clean-up is one that is seen.
_NOT_IN_PASSING = json.dumps({"CLEANUP_ON_WRITES": 0})


@dataclass(frozen=True)
class Size:
    """How many expired rows there are, how many clients use the site, how often a clean-up is killed."""

    rows: int
    clients: int
    kills: int
    swaps: bool = True


def work(rig: Rig, size: Size) -> Findings:
    """Change the schema below the earlier release and back; then clean up, killed again and again."""
    found = Findings()
    fill(size.rows)
    if size.swaps:
        _swap(rig, found, size)
    _clean_up_below_clients(rig, found, size)
    return found


# ── The schema ────────────────────────────────────────────────────────────────────────────────────
def _swap(rig: Rig, found: Findings, size: Size) -> None:
    try:
        previous = previous_release.unpack(rig.folder)
    except previous_release.NoHistory as problem:
        found.faults.append(f"the earlier release was left out: {problem}")
        return
    sender = rig.sender()
    heard, heard_of_planted = Heard(), Heard()
    with override_settings(PASSWORD_HASHERS=_HASHERS):
        made, others = (
            [Visitor(sender, one, seed=f"{rig.seed} {number}") for number in range(size.clients)]
            for one in (heard, heard_of_planted)
        )
    connections.close_all()
    _migrate(rig, previous_release.LAST)
    earlier = {"PYTHONPATH": str(previous), "DJANGO_SETTINGS_MODULE": _OF_SITE}
    with rig.own_site(**earlier) as before:
        sender.turn_to(before.url)
        with lock_watch(rig.database_url) as locks, coming(made, heard):
            time.sleep(_SECONDS_BETWEEN)
            _migrate(rig)
            time.sleep(_SECONDS_BETWEEN)
            with rig.own_site(DJANGO_SETTINGS_MODULE=_OF_SITE) as after:
                sender.turn_to(after.url)
                time.sleep(_SECONDS_BETWEEN)
                sender.turn_to(before.url)
                time.sleep(_SECONDS_BETWEEN)
            _migrate(rig, previous_release.LAST)
            time.sleep(_SECONDS_BETWEEN)
        _judge_locks(found, locks)
        _judge(found, heard, "while the schema changed")
        planted = Findings()
        with lock_watch(rig.database_url) as locks, coming(others, heard_of_planted):
            _migrate(rig, app="planted", settings=_PLANTED)
            _migrate(rig, "zero", app="planted", settings=_PLANTED)
        _judge_locks(planted, locks)
        _judge(planted, heard_of_planted, "while a table was locked")
        found.expect(len(planted.faults) > 1, "nobody noticed a migration that locks a table for two seconds")
        found.numbers["noticed of a planted migration"] = "; ".join(planted.faults)
    _migrate(rig)


def _judge_locks(found: Findings, locks: LockWatch) -> None:
    found.expect(locks.looks > 0, "nobody looked at the locks")
    found.numbers["the longest wait for a lock, in seconds"] = round(locks.longest, 2)
    found.numbers["the longest time of a locked table, in seconds"] = round(locks.held, 2)
    is_short = locks.longest < MOST_SECONDS_OF_A_LOCK
    found.expect(is_short, f"somebody waited {locks.longest:.2f} s for a lock: {locks.who}")
    is_brief = locks.held < MOST_SECONDS_OF_A_LOCK
    found.expect(is_brief, f"a table was locked for {locks.held:.2f} s: {locks.held_what}")


def _migrate(rig: Rig, target: str = "", *, app: str = "oauthcore", settings: str = _OF_SITE) -> None:
    """Run the migrations, forwards or back. What the command said is kept in the folder of the rig."""
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=1", app]
    command += [target] if target else []
    run = subprocess.run(
        command,
        env=environment(rig.folder, rig.database_url, DJANGO_SETTINGS_MODULE=settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )
    with (rig.folder / "migrate.txt").open("a") as file:
        file.write(f"{' '.join(command[2:])}: {run.returncode}\n{run.stdout}\n")
    if run.returncode:
        said = run.stdout.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"migrate {app} {target} ended with {run.returncode}: {said[-1]}\n{run.stdout}")


# ── Cleaning up ───────────────────────────────────────────────────────────────────────────────────
def _clean_up_below_clients(rig: Rig, found: Findings, size: Size) -> None:
    with rig.own_site(PROOF_OAUTHCORE=_NOT_IN_PASSING) as site:
        sender, heard, seconds = rig.sender(url=site.url), Heard(), 0.0
        marks = [_Tombstone(sender) for _ in range(5)]
        made = [Visitor(sender, heard, seed=f"{rig.seed} {number}") for number in range(size.clients)]
        for number in range(size.kills + 1):
            fill(size.rows - expired())
            with coming(made, heard):
                began = time.monotonic()
                if number < size.kills:
                    _kill_a_clean_up(rig, found)
                else:
                    _clean_up_twice_at_once(rig, found)
                seconds += time.monotonic() - began
        found.numbers["seconds of cleaning up"] = round(seconds, 1)
        killed = found.numbers["clean-ups killed"]
        found.expect(killed == size.kills, f"{killed} clean-ups were killed at work, not {size.kills}")
        _judge(found, heard, "while old rows were removed")
        left = expired()
        found.expect(not left, f"{left} expired rows are left")
        for mark in marks:
            found.expect(mark.is_known(), "what marks a used code was removed: its replay ended nothing")


class _Tombstone:
    """A used code whose tokens live on: as long as they do, using it again must end them."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._application = ApplicationClient(sender, register(is_trusted=True))
        self._code = BrowserClient(sender, new_user()).code(self._application.registered)
        self._given = self._application.redeem(self._code)

    def is_known(self) -> bool:
        """Return whether using the code again ends its tokens."""
        was_live = use(self._sender, self._given["access_token"]).status == 200
        replayed: Answer = self._application.redeem(self._code)
        is_dead = use(self._sender, self._given["access_token"]).status == 401
        return was_live and replayed.error == "invalid_grant" and is_dead


def _kill_a_clean_up(rig: Rig, found: Findings) -> None:
    """Kill a clean-up once it has begun to remove rows, or a moment later. It counts if it was at work."""
    before = expired()
    with _cleaning(rig) as killed:
        deadline = time.monotonic() + 60
        while killed.poll() is None and expired() == before and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(rig.random.uniform(0, 0.1))
        is_at_work = killed.poll() is None
        killed.kill()
    found.count("clean-ups killed", int(is_at_work and 0 < expired() < before))


def _clean_up_twice_at_once(rig: Rig, found: Findings) -> None:
    with _cleaning(rig) as first, _cleaning(rig) as second:
        found.expect(first.wait(_COMMAND_SECONDS) == 0, "the first clean-up failed")
        found.expect(second.wait(_COMMAND_SECONDS) == 0, "the second clean-up failed")


@contextmanager
def _cleaning(rig: Rig) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(ROOT / "manage.py"), "oauthcore_cleanup", "--verbosity=0"]
    process = subprocess.Popen(
        command, env=environment(rig.folder, rig.database_url, DJANGO_SETTINGS_MODULE=_OF_SITE)
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _judge(found: Findings, heard: Heard, when: str) -> None:
    found.faults += heard.faults
    found.count(f"requests {when}", len(heard.told))
    slowest = round(percentile([one.seconds for one in heard.told]), 3)
    found.numbers[f"p99 {when}, in seconds"] = slowest
    failed = [one for one in heard.told if one.status in (0, *range(500, 600))]
    told = ", ".join(sorted({f"{one.flow} {one.status}" for one in failed}))
    found.expect(not failed, f"{when}: {len(failed)} requests failed: {told}")


RUN = Run(
    "migrations_and_cleanup",
    "The schema changes below the earlier release, and old rows go below clients: nobody notices.",
    work,
    {
        "night": Size(rows=200_000, clients=4, kills=5),
        "release": Size(rows=1_000_000, clients=8, kills=20),
    },
)
