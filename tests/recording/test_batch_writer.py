"""Counts are written by a process that is idle, and by one that ends, however it is told to."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from django.core import mail

from oauthcore.recording import batch_writer, batches
from oauthcore.recording.batches import Batch
from tests.support.counting import NOW, making

pytestmark = pytest.mark.sqlite_only("threads and signals of a process")


@pytest.fixture
def counted():
    with making() as make:
        yield make


def test_the_first_count_is_written_at_once(counted):
    one = counted(3600)
    one.request()

    assert one.await_write() == [1]


def test_an_idle_process_writes_when_the_interval_has_passed(counted):
    one = counted(1)
    one.request()
    one.await_write()

    one.request()
    one.request()

    assert one.await_write() == [1, 2]


def test_an_idle_process_is_woken_by_the_next_request(counted):
    one = counted(0.01)
    one.request()
    one.await_write()
    time.sleep(0.1)

    one.request()

    assert one.await_write() == [1, 1]


def test_the_end_writes_what_is_not_due_and_may_come_twice(counted):
    one = counted(3600)
    one.request()
    one.await_write()
    one.request()

    one.writer.end()
    one.writer.end()
    one.request()

    assert one.written == [1, 1]


def test_a_process_that_counted_nothing_starts_no_thread(counted):
    one = counted(3600)
    before = threading.active_count()
    one.writer.notice()
    one.writer.end()

    assert (one.written, threading.active_count()) == ([], before)


def test_a_database_that_does_not_answer_holds_the_end_up_for_a_few_seconds_only(counted, monkeypatch):
    monkeypatch.setattr(batch_writer, "SECONDS_TO_END", 0.1)
    one, answers = counted(3600), threading.Event()
    one.batch._write = lambda _: answers.wait(5)
    one.request()

    began = time.monotonic()
    one.writer.end()

    assert time.monotonic() - began < 2
    answers.set()


def test_a_batch_that_breaks_does_not_end_the_writing(counted, caplog):
    one = counted(0.01)
    write, is_broken = one.batch._write, threading.Event()

    def fail(_):
        is_broken.set()
        raise ZeroDivisionError

    one.batch._write = fail
    one.request()
    assert is_broken.wait(30)
    one.batch._write = write

    one.request()

    assert one.await_write() == [1]
    assert "counts could not be written" in caplog.text


def test_a_process_that_gets_no_thread_writes_as_soon_as_it_gets_one(counted, monkeypatch):
    one = counted(3600)
    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", lambda _: throw(RuntimeError("can't start new thread")))
        with pytest.raises(RuntimeError):
            one.request()

    one.request()

    assert one.await_write() == [2]


def throw(error):
    raise error


def test_a_process_that_was_forked_begins_anew(counted):
    one = counted(3600)
    one.request()
    one.await_write()
    one.request()

    one.writer._start_anew()  # in the child; its parent writes what it has gathered
    one.request()
    one.writer.end()

    assert one.written == [1, 1]


@pytest.fixture
def serving(monkeypatch):
    """A process that serves: Django's test environment is not set up."""
    monkeypatch.delattr(mail, "outbox")
    kept = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGTERM, kept)


@pytest.mark.usefixtures("serving")
def test_sigterm_writes_and_then_has_its_effect(counted, monkeypatch):
    killed = []
    monkeypatch.setattr(os, "kill", lambda _, signum: killed.append((signum, signal.getsignal(signum))))
    one = counted(3600)
    one.writer.expect_end()
    one.request()
    one.await_write()
    one.request()

    signal.raise_signal(signal.SIGTERM)

    assert one.written == [1, 1]
    assert killed == [(signal.SIGTERM, signal.SIG_DFL)]


@pytest.mark.usefixtures("serving")
def test_a_server_that_handles_sigterm_itself_keeps_its_handler(counted):
    def handler(*_):
        pass

    signal.signal(signal.SIGTERM, handler)
    counted(1).writer.expect_end()

    assert signal.getsignal(signal.SIGTERM) is handler


@pytest.mark.parametrize("where", ["in a test run", "on another thread"])
def test_sigterm_is_left_alone(where, counted, request):
    if where == "in a test run":
        kept = signal.getsignal(signal.SIGTERM)
        counted(1).writer.expect_end()
    else:
        request.getfixturevalue("serving")
        kept = signal.getsignal(signal.SIGTERM)
        thread = threading.Thread(target=counted(1).writer.expect_end)
        thread.start()
        thread.join()

    assert signal.getsignal(signal.SIGTERM) is kept


def test_a_batch_says_when_it_is_due(monkeypatch):
    monkeypatch.setattr(batches.time, "monotonic", lambda: 100.0)
    batch = Batch(lambda _: None, seconds=10)
    assert batch.due_at() == float("inf")

    batch.add("key", at=NOW)
    assert batch.due_at() == float("-inf")
    batch.flush()
    batch.add("key", at=NOW)

    assert batch.due_at() == 110.0


def test_only_the_first_count_after_a_write_asks_when_to_write(counted, monkeypatch):
    one = counted(3600)
    one.request()
    one.await_write()
    one.request()
    asked = []
    monkeypatch.setattr(one.writer, "_due_at", lambda: asked.append(1) or float("inf"))

    one.request()

    assert asked == []
    one.batch.drain()
    one.request()
    assert asked == [1]
