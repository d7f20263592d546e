"""Every failpoint is reached by every flow that is killed there: one that is never reached proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.client import HTTPMessage

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import Client

from proof import failpoints
from proof.clients.sending import Answer, Sender
from proof.runs.kill_matrix import FLOWS

pytestmark = pytest.mark.not_on_mariadb("the rig runs on PostgreSQL")


class InOneProcess(Sender):
    """Sends to the site in this process."""

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], patience: float
    ) -> tuple[int, HTTPMessage, bytes]:
        lines = dict(headers)
        kind = lines.pop("Content-Type", "")
        client = Client(raise_request_exception=False)
        response = client.generic(method, path, body, content_type=kind, headers=lines, secure=True)
        connection.close()  # as after each request of a site: a commit that raised has left it in disorder
        told = HTTPMessage()
        for name, value in response.items():
            told[name] = value
        return response.status_code, told, response.content


@pytest.fixture
def sender(ledger, settings, monkeypatch, transactional_db) -> Iterator[Sender]:
    """A sender to a site with failpoints."""
    settings.MIDDLEWARE = ["proof.failpoints.FailpointMiddleware", *settings.MIDDLEWARE]
    monkeypatch.setattr(BaseDatabaseWrapper, "commit", BaseDatabaseWrapper.commit)
    failpoints.install()
    try:
        with connection.execute_wrapper(failpoints._after_statement):
            yield InOneProcess("http://testserver", ledger)
    finally:
        connection_created.disconnect(dispatch_uid="proof.failpoints")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("flow", FLOWS)
def test_a_flow_is_interrupted_at_every_failpoint(flow, sender):
    told = {point: FLOWS[flow](sender, f"{point}=raise")[0] for point in failpoints.POINTS}

    assert [point for point, answer in told.items() if not has_broken_off(answer)] == []


def has_broken_off(answer: Answer) -> bool:
    return answer.status >= 500 or "error=server_error" in answer.headers.get("Location", "")
