"""What a site does that moves in: its clients, the command, and a look at the connections."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.test import Client

from tests.support.factories import PASSWORD


def run_import(source: str, **options: Any) -> dict[str, Any]:
    """Run the import, and return its report."""
    out = StringIO()
    call_command("import_tokens", source=source, json=True, stdout=out, **options)
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def counts_of(report: dict[str, Any]) -> tuple[int, int, dict[str, int]]:
    """Return how many rows were taken, were here already, and were left with what reason."""
    (stage,) = report["stages"].values()
    return stage["taken"], stage["known"], stage["left"]


def read(authorization: str, path: str = "/read") -> Any:
    """Ask a view that has moved."""
    return Client().get(path, headers={"authorization": authorization})


def connections_of(user: Any) -> str:
    """Return the page on which a person finds their devices."""
    browser = Client()
    browser.force_login(user)
    return browser.get("/oauth/connections/").content.decode()


def sign_out_device(user: Any, uuid: Any) -> None:
    """Sign a device out on that page."""
    browser = Client()
    browser.force_login(user)
    assert browser.post("/oauth/connections/", {"device": str(uuid)}).status_code == 303


def post(path: str, **members: Any) -> Any:
    """Send members as JSON."""
    return Client().post(path, members, content_type="application/json")


def pair_of(user: Any) -> dict[str, str]:
    """Let SimpleJWT issue a pair of tokens, through its own view."""
    answer = post("/before/token/", username=user.username, password=PASSWORD)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())
