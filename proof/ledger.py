"""The ledger: what every request of a run sent and was told, as JSON lines. It holds digests, not secrets."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from oauthcore import conf
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import digest_of

#: The columns of the table into which the ledger is put for the audit.
COLUMNS = {
    "id": "bigint",
    "flow": "text",
    "began": "timestamptz",
    "ended": "timestamptz",
    "alone": "boolean",
    "status": "integer",
    "error": "text",
    "who": "text",
    "input": "bytea",
    "challenge": "bytea",
    "access": "bytea",
    "refresh": "bytea",
    "turn": "bytea",
    "code": "bytea",
    "step": "bigint",
    "count": "bigint",
    "most": "bigint",
    "failpoint": "text",
    "request_id": "text",
}
_BYTES = {name for name, kind in COLUMNS.items() if kind == "bytea"}


@dataclass
class Entry:
    """One request, or one fact that the driver knows. ``status`` is None where there was no response.

    ``input`` is the digest of the secret that was sent: of a refresh token that of its turn. ``alone`` says
    that no other request was under way when it began, so all that was answered before it holds.
    """

    id: int
    flow: str
    began: float
    ended: float = 0.0
    alone: bool = True
    status: int | None = None
    error: str = ""
    who: str = ""
    input: str | None = None
    challenge: str | None = None
    access: str | None = None
    refresh: str | None = None
    turn: str | None = None
    code: str | None = None
    step: int | None = None
    count: int | None = None
    most: int | None = None
    failpoint: str = ""
    request_id: str = ""


@dataclass
class Ledger:
    """The entries of a run, in memory and in a file. Threads may write at once."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    #: The access tokens that were received, for the last look at each: digest → text. They stay in memory.
    access_tokens: dict[str, str] = field(default_factory=dict, repr=False)
    #: For how long a spent refresh token is answered again.
    grace_seconds: int = 0
    #: The digests of access tokens that are bound to a key.
    bound: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _number: int = 0
    _under_way: int = 0

    def begin(self, flow: str, **known: Any) -> Entry:
        """Note that a request begins. It must be ended."""
        with self._lock:
            self._number += 1
            self._under_way += 1
            return Entry(self._number, flow, time.time(), alone=self._under_way == 1, **known)

    def end(self, entry: Entry) -> None:
        """Note what came of a request."""
        entry.ended = time.time()
        with self._lock:
            self._under_way -= 1
            self._write(entry)

    def state(self, flow: str, **known: Any) -> None:
        """Note a fact that is no request: what has ended, what was counted."""
        with self._lock:
            self._number += 1
            now = time.time()
            self._write(Entry(self._number, flow, now, now, **known))

    def is_bound(self, access_token: str) -> bool:
        """Return whether an access token is bound to a key, as the site said when it gave it."""
        return input_of(access_token) in self.bound

    def _write(self, entry: Entry) -> None:
        self.entries.append(entry)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(entry)) + "\n")

    def load(self, cursor: Any) -> None:
        """Put the entries into the temporary table ``proof_ledger`` of a connection to PostgreSQL."""
        columns = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
        cursor.execute("DROP TABLE IF EXISTS proof_ledger")
        cursor.execute(f"CREATE TEMPORARY TABLE proof_ledger ({columns})")
        places = ", ".join(
            "to_timestamp(%s)" if kind == "timestamptz" else f"%s::{kind}" for kind in COLUMNS.values()
        )
        cursor.executemany(f"INSERT INTO proof_ledger VALUES ({places})", [_row(one) for one in self.entries])
        cursor.execute("ANALYZE proof_ledger")  # autovacuum sees no temporary table


def _row(entry: Entry) -> list[Any]:
    values = asdict(entry)
    return [
        bytes.fromhex(values[name]) if name in _BYTES and values[name] is not None else values[name]
        for name in COLUMNS
    ]


def digests_of(answer: Any) -> dict[str, str]:
    """Return the digests of the tokens in an answer, under their names in the ledger."""
    found: dict[str, str] = {}
    if not isinstance(answer, dict):
        return found
    if isinstance(token := answer.get("access_token"), str):
        found["access"] = digest_of(token).hex()
    if isinstance(token := answer.get("refresh_token"), str):
        found |= halves_of(token)
    return found


def halves_of(refresh_token: str) -> dict[str, str]:
    """Return the digests of a refresh token's halves: the one that stays, and the one of this turn."""
    secret = conf.settings().secret_format.parse(HiddenText(refresh_token))
    if secret is None:
        return {"refresh": digest_of(refresh_token).hex(), "turn": digest_of(refresh_token).hex()}
    return {"refresh": secret.digest.hex(), "turn": secret.turn.hex()}


def input_of(secret: str) -> str:
    """Return the digest of a code, an mfa token, a recovery code or a client secret."""
    return digest_of(secret).hex()
