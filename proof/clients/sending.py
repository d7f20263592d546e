"""Requests over HTTP, each with its entry in the ledger."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse, IncompleteRead
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from proof import failpoints, mutants
from proof.ledger import Entry, Ledger, digests_of, input_of

if TYPE_CHECKING:
    from tests.support.proofs import Prover

PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` is 0 where there was no response."""

    status: int
    headers: HTTPMessage
    body: bytes = field(repr=False)
    seconds: float
    entry: Entry

    @property
    def json(self) -> Any:
        """The body as JSON, or None."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def error(self) -> str:
        """The code of the error, or an empty text."""
        found = self.json
        return str(found.get("error", "")) if isinstance(found, dict) else ""

    @property
    def code(self) -> str | None:
        """The code that a redirect carries, or None."""
        found = parse_qs(urlsplit(self.headers.get("Location", "")).query).get("code")
        return found[0] if found else None

    @property
    def is_unavailable(self) -> bool:
        """Whether the site said 503, or nothing at all."""
        return self.status in (0, 503)

    def __getitem__(self, name: str) -> str:
        """Return a member of the JSON body. Raises KeyError with status and error where it is not there."""
        found = self.json
        if not isinstance(found, dict) or name not in found:
            raise KeyError(f"no {name} in {self.entry.flow}: {self.status} {self.error or self.body[:200]!r}")
        return str(found[name])


class Sender:
    """Sends requests to a site and writes them down. Threads may share it."""

    def __init__(
        self, url: str, ledger: Ledger, *, mutant: str = "", seed: int = 1, prover: Prover | None = None
    ) -> None:
        self.ledger = ledger
        self.prover = prover
        self.mutant = mutant
        self._random = random.Random(seed)
        self.turn_to(url)

    def turn_to(self, url: str) -> None:
        """Send to another address from now on, such as that of a proxy."""
        at = urlsplit(url)
        self._at = (at.hostname or "127.0.0.1", at.port or 80)

    def proof(
        self, prover: Prover | None, method: str, path: str, token: str | None = None
    ) -> dict[str, str]:
        """Return the header with a proof of a key for one request (RFC 9449); none without a key."""
        if prover is None:
            return {}
        return {"DPoP": prover.proof(method, "http://{}:{}".format(*self._at) + path, token)}

    def new_address(self) -> str:
        """Make up an address for a client, so that the limits of addresses are no part of what is proved."""
        numbers = [self._random.randrange(256) for _ in range(2)]
        return "198.18.{}.{}".format(*numbers)

    def send(
        self,
        flow: str,
        method: str,
        path: str,
        *,
        form: Mapping[str, Any] | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        address: str = "192.0.2.1",
        failpoint: str = "",
        patience: float = PATIENCE_SECONDS,
        **known: Any,
    ) -> Answer:
        """Send a form or JSON on a connection of its own. ``known`` goes into the ledger."""
        body, kind = b"", ""
        if form is not None:
            sent = {name: value for name, value in form.items() if value is not None}
            body, kind = urlencode(sent, doseq=True).encode(), "application/x-www-form-urlencoded"
        elif members is not None:
            sent = {name: value for name, value in members.items() if value is not None}
            body, kind = json.dumps(sent).encode(), "application/json"
        lines = {"X-Forwarded-For": address, **({"Content-Type": kind} if kind else {}), **(headers or {})}
        if failpoint:
            lines[failpoints.HEADER] = failpoint
        if self.mutant:
            lines[mutants.HEADER] = self.mutant
        entry = self.ledger.begin(flow, failpoint=failpoint, **known)
        began = time.monotonic()
        try:
            status, answered, content = self._exchange(method, path, body, lines, patience)
        except (OSError, HTTPException) as error:
            entry.error = type(error).__name__
            return Answer(0, HTTPMessage(), b"", time.monotonic() - began, entry)
        else:
            answer = Answer(status, answered, content, time.monotonic() - began, entry)
            self._note(answer)
            return answer
        finally:
            self.ledger.end(entry)

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], patience: float
    ) -> tuple[int, HTTPMessage, bytes]:
        connection = HTTPConnection(*self._at, timeout=patience)
        try:
            connection.request(method, path, body=body or None, headers=dict(headers))
            response = connection.getresponse()
            if not _says_where_it_ends(response):  # http.client takes cut headers for whole ones
                raise IncompleteRead(b"")
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def _note(self, answer: Answer) -> None:
        entry, found = answer.entry, answer.json
        entry.status, entry.error = answer.status, answer.error
        entry.request_id = answer.headers.get("Request-Id", "")
        for name, digest in digests_of(found).items():
            setattr(entry, name, digest)
        if answer.code is not None:
            entry.code = input_of(answer.code)
        if entry.access is not None:
            self.ledger.access_tokens[entry.access] = found["access_token"]
            if found.get("token_type") == "DPoP":
                self.ledger.bound.add(entry.access)


def _says_where_it_ends(response: HTTPResponse) -> bool:
    """Return whether the length of the body is known. All answers of the site say it."""
    return response.status in (204, 304) or response.chunked or response.length is not None
