"""What a run finds out must be able to fail it: a fault that did nothing, a client that was never served."""

from __future__ import annotations

import socket
import threading
import time
from types import SimpleNamespace

import pytest

from proof.clients.crowds import meanwhile
from proof.clients.hostile import RawClient, slow_clients
from proof.clients.traffic import Told
from proof.cluster.load import Client, Load
from proof.findings import Findings
from proof.runs import code_race, dependency_faults


@pytest.mark.parametrize(
    ("moments", "longest"), [([], 10), ([1, 2, 3], 7), ([8, 9], 8), ([2, 7, 8], 5), ([1, 4, 7, 12], 5)]
)
def test_the_longest_time_without_success_is_from_the_beginning_of_the_load_to_its_end(moments, longest):
    client = Client(SimpleNamespace(), SimpleNamespace(), [], Findings(), good={"use": moments})

    assert Load([client], began=0, ended=10).without_success("use") == longest


@pytest.mark.parametrize(
    ("name", "status", "fault"),
    [
        ("database read-only", 200, "nothing was refused"),
        ("database read-only", 503, None),
        ("connections taken", 200, "nothing was refused"),
        ("connections taken", 503, None),
        ("answers lost", 200, "every request had its answer"),
        ("answers lost", 0, None),
        ("answers cut", 200, "every request had its answer"),
        ("answers cut", 0, None),
        ("sent in pieces", 200, None),
    ],
)
def test_a_fault_that_did_nothing_fails_the_run(name, status, fault):
    found = Findings()

    dependency_faults._judge(found, name, [Told("client_credentials", status, "", 0.0, 0.1, "1")])

    assert found.faults == ([] if fault is None else [f"{name}: {fault}"])


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

    with slow_clients(RawClient(f"http://127.0.0.1:{port}", address="198.18.0.1"), 5):
        pass

    assert time.monotonic() - began < 5
