"""Work after answers goes on where a thread could not be started once."""

from __future__ import annotations

import threading

import pytest

from oauthcore.recording.after_answers import AfterAnswers

pytestmark = pytest.mark.sqlite_only("no database is asked")


class Worker(AfterAnswers):
    """Says when it has worked."""

    def __init__(self) -> None:
        super().__init__(threading.Event())
        self.has_worked = threading.Event()

    def work(self) -> None:
        self.has_worked.set()


def test_work_is_done_after_the_next_answer_if_no_thread_could_be_started(monkeypatch, caplog):
    worker = Worker()
    worker._due.set()

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        worker.notice()
    assert "work after an answer broke" in caplog.text

    worker.notice()

    assert worker.has_worked.wait(10)
