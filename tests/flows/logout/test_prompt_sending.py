"""Logout tokens are sent soon after the answer, on a thread. No answer waits for it."""

from __future__ import annotations

import threading

import pytest

from oauthcore.flows.logout import prompt_sending
from oauthcore.flows.logout.prompt_sending import PromptSender, send_written
from oauthcore.recording import logouts

pytestmark = pytest.mark.sqlite_only("what is sent is tested elsewhere, and this sends nothing")


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that sent."""
    logouts.written.clear()  # an earlier test may have committed deliveries
    found: list[str] = []
    monkeypatch.setattr(prompt_sending, "send_due", lambda **_: found.append(threading.current_thread().name))
    yield found
    logouts.written.clear()


def end_of(sender: PromptSender) -> None:
    """Wait until the thread has ended."""
    assert sender._is_running.acquire(timeout=10)
    sender._is_running.release()


def test_written_deliveries_are_sent_on_a_thread(turns):
    sender = PromptSender()
    sender.notice()
    assert turns == []

    logouts.written.set()
    sender.notice()
    end_of(sender)
    assert turns == ["oauthcore-logouts"]
    assert not logouts.written.is_set()


def test_one_thread_sends_at_a_time(turns):
    sender = PromptSender()
    logouts.written.set()
    with sender._is_running:
        sender.notice()

    assert turns == []


def test_after_an_error_the_next_logout_starts_again(turns, monkeypatch, caplog):
    def broken(**_: object) -> None:
        raise RuntimeError("broken")

    sender = PromptSender()
    with monkeypatch.context() as patch:
        patch.setattr(prompt_sending, "send_due", broken)
        logouts.written.set()
        sender.notice()
        end_of(sender)
    assert "logout tokens could not be sent" in caplog.text

    logouts.written.set()
    sender.notice()
    end_of(sender)
    assert turns == ["oauthcore-logouts"]


def test_a_thread_starts_on_a_site_and_not_in_a_test_run(turns, monkeypatch):
    logouts.written.set()
    send_written()
    assert turns == []

    monkeypatch.setattr(prompt_sending, "is_test_run", lambda: False)
    send_written()
    end_of(prompt_sending.sender)
    assert turns == ["oauthcore-logouts"]
