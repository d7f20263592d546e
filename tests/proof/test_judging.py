"""What a run finds out must be able to fail it: a fault that did nothing, a client that was never served."""

from __future__ import annotations

import socket
import threading
import time
from types import SimpleNamespace
from typing import ClassVar

import psycopg
import pytest

from proof.clients import applications, families
from proof.clients.crowds import crowd_of, meanwhile
from proof.clients.hostile import RawClient, slow_clients
from proof.clients.traffic import Told
from proof.cluster.load import Client, Load
from proof.findings import Findings
from proof.runs import code_race, dependency_faults, expiry, password_burst, refresh_storm
from proof.servers.lock_watch import lock_watch


@pytest.mark.parametrize(
    ("moments", "longest"), [([], 10), ([1, 2, 3], 7), ([8, 9], 8), ([2, 7, 8], 5), ([1, 4, 7, 12], 5)]
)
def test_the_longest_time_without_success_is_from_the_beginning_of_the_load_to_its_end(moments, longest):
    client = Client(SimpleNamespace(), SimpleNamespace(), [], Findings(), good={"use": moments})

    assert Load([client], began=0, ended=10).without_success("use") == longest


@pytest.mark.parametrize(
    ("name", "status", "faults"),
    [
        ("database read-only", 200, ["nothing was refused"]),
        ("database read-only", 503, []),
        ("database frozen", 0, ["1 requests had no answer at all", "nothing was refused"]),
        ("connections taken", 200, ["nothing was refused"]),
        ("connections taken", 503, []),
        ("answers lost", 200, ["every request had its answer"]),
        ("answers lost", 0, []),
        ("answers cut", 200, ["every request had its answer"]),
        ("answers cut", 0, []),
        ("sent in pieces", 200, []),
        ("sent in pieces", 503, ["nobody was served"]),
        ("sent in pieces", 0, ["1 requests had no answer at all", "nobody was served"]),
    ],
)
def test_a_fault_that_did_nothing_and_one_that_did_too_much_fail_the_run(name, status, faults):
    found = Findings()

    told = Told("client_credentials", status, "", began=1.0, seconds=0.1, retry_after="1")
    dependency_faults._judge(found, name, [told], since=1.0, until=2.0)

    assert found.faults == [f"{name}: {one}" for one in faults]


@pytest.mark.parametrize(
    ("began", "faults"), [(1.5, []), (0.9, ["nobody was served"]), (1.95, ["nobody was served"])]
)
def test_who_is_served_before_a_fault_or_after_it_was_not_served_meanwhile(began, faults):
    found = Findings()
    told = Told("use", 200, "", began=began, seconds=0.1, retry_after=None)

    dependency_faults._judge(found, "requests delayed", [told], since=1.0, until=2.0)

    assert found.faults == [f"requests delayed: {one}" for one in faults]


@pytest.mark.parametrize(("status", "holds"), [(503, True), (401, False)])
def test_a_wrong_secret_that_is_looked_at_without_the_store_fails_the_run(status, holds):
    found = Findings()
    application = SimpleNamespace(act_for_itself=lambda **_: SimpleNamespace(status=status))

    dependency_faults._expect_no_count(found, "store stopped", application, "198.18.0.1")

    assert found.has_passed is holds


@pytest.mark.parametrize(("status", "holds"), [(500, True), (200, False)])
def test_a_request_that_was_not_interrupted_fails_the_race_for_codes(status, holds):
    answers = iter([SimpleNamespace(status=status, error=""), SimpleNamespace(error="invalid_grant")])
    application = SimpleNamespace(redeem=lambda code, failpoint="": next(answers))
    codes = SimpleNamespace(new=lambda: "a code", application=application, found=Findings())

    code_race._lost_after_commit(codes)

    assert codes.found.has_passed is holds


def test_a_client_that_breaks_is_noted_and_goes_on():
    faults, is_done_again = [], threading.Event()

    def act() -> None:
        if faults:
            is_done_again.set()
        raise ValueError("no number")

    with meanwhile([act], faults, pause_seconds=0.001):
        assert is_done_again.wait(10)

    assert faults[0] == "a client broke: ValueError: no number"


def test_slow_clients_end_although_nobody_takes_their_connections():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    began = time.monotonic()

    with slow_clients(RawClient(f"http://127.0.0.1:{port}", address="198.18.0.1"), 5) as held:
        pass

    assert time.monotonic() - began < 5
    assert held.most == 0


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({"mfa": (0, 9, 0)}, ["mfa: 0 came in time and 9 late: that proves nothing"]),
        ({"use": (9, 0, 0)}, ["use: 9 came in time and 0 late: that proves nothing"]),
        ({"code": (9, 9, 2)}, ["code: 2 were refused before their end"]),
        ({"refresh": None}, ["refresh: 0 came in time and 0 late: that proves nothing"]),
    ],
)
def test_each_kind_of_thing_must_have_come_in_time_and_late(changes, faults):
    found, came = Findings(), dict.fromkeys(expiry._FLOWS, (9, 9, 0)) | changes

    expiry._judge(found, [(flow, *numbers) for flow, numbers in came.items() if numbers])

    assert found.faults == faults


def test_who_could_not_look_at_the_locks_says_so():
    with pytest.raises(psycopg.OperationalError), lock_watch("postgres://127.0.0.1:1/none"):
        pass


def test_a_client_that_goes_to_another_node_sends_there():
    here, there = Sender(), Sender()
    family = object.__new__(families._ApplicationFamily)
    family.refresh_token, family._client = "unknown", applications.ApplicationClient(here, Registered())

    family.turn_to(there)
    family.refresh()

    assert (here.sent, there.sent) == ([], ["/oauth/token"])


@pytest.mark.parametrize(
    ("refresh_seconds", "meets"), [(0.2, True), (0.0, False)], ids=["it was under way", "it was over"]
)
def test_an_ending_counts_only_if_it_met_the_refresh(refresh_seconds, meets):
    found, family = Findings(), Family(refresh_seconds)

    with crowd_of(2) as crowd:
        refresh_storm.end_while_refreshing(found, family, crowd, "a device revoked", "revoked", number=0)
    found.expect_half(refresh_storm.MET, of=refresh_storm.RACED)

    assert found.numbers[refresh_storm.MET] == meets
    assert found.has_passed is meets


@pytest.mark.parametrize(
    ("hashed", "unavailable", "faults"),
    [
        (5, 0, []),
        (6, 0, ["6 passwords were hashed, and the limit is 5"]),
        (4, 1, []),
        (0, 0, ["only 0 passwords were looked at, and not 5"]),
    ],
)
def test_a_burst_in_which_too_few_passwords_were_looked_at_proves_nothing(hashed, unavailable, faults):
    found = Findings()

    password_burst.judge(found, hashed=hashed, unavailable=unavailable, most=5)

    assert found.faults == faults


class Family:
    """A family whose refresh takes so long, and which then has ended."""

    refusals: ClassVar = {(401, "invalid_refresh_token")}
    digest = "00"

    def __init__(self, seconds):
        self.seconds = seconds
        self.sender = SimpleNamespace(ledger=SimpleNamespace(state=lambda *_, **__: None))

    def refresh(self, *, failpoint=""):
        """Take that long."""
        time.sleep(self.seconds)
        return SimpleNamespace(status=401, error="invalid_refresh_token")

    def end(self, *, failpoint=""):
        """Take no time."""

    def keep(self, answer):
        """Have nothing to keep."""

    def is_dead(self):
        """Be dead."""
        return True


class Sender:
    """Notes what it is to send."""

    prover = None

    def __init__(self):
        self.sent = []

    def send(self, flow, method, path, **_):
        """Note the address."""
        self.sent.append(path)

    def proof(self, *_):
        """Without a key there is no proof."""
        return {}


class Registered:
    """An application."""

    credentials: ClassVar = {"client_id": "one", "client_secret": "hidden"}
