"""A browser in which a person is logged in: the authorize page, and its answer."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from proof.clients.sending import Answer, Sender
from proof.ledger import input_of
from tests.support.factories import REDIRECT_URI, Registered
from tests.support.oauth import CHALLENGE
from tests.support.sessions import log_in

_PATH = "/oauth/authorize"
_CSRF_TOKEN = "c" * 32
_TRANSACTION = re.compile(rb'name="transaction" value="([^"]+)"')


class BrowserClient:
    """One browser session of a person."""

    def __init__(self, sender: Sender, user: Any) -> None:
        self._sender = sender
        self._cookie = f"sessionid={log_in(user)}; csrftoken={_CSRF_TOKEN}"

    def authorize(self, registered: Registered, *, failpoint: str = "", **changes: str) -> Answer:
        """Open the authorize page. A trusted application gets its code at once."""
        return self._ask("authorize", "GET", registered, changes, failpoint)

    def approve(self, registered: Registered, page: Answer, *, failpoint: str = "", **changes: str) -> Answer:
        """Answer a consent page."""
        found = _TRANSACTION.search(page.body)
        if found is None:
            raise AssertionError(f"no consent page: {page.status} {page.body[:200]!r}")
        transaction = found[1].decode()
        form = {
            "csrfmiddlewaretoken": _CSRF_TOKEN,
            "transaction": transaction,
            "decision": "approve",
            "scope": "read",
        }
        return self._ask(
            "consent", "POST", registered, changes, failpoint, form=form, input=input_of(transaction)
        )

    def code(self, registered: Registered) -> str:
        """Have the person approve, where they have to be asked, and return the code."""
        answer = self.authorize(registered)
        if answer.status == 200:
            answer = self.approve(registered, answer)
        return code_in(answer)

    def _ask(
        self, flow: str, method: str, registered: Registered, changes: Any, failpoint: str, **how: Any
    ) -> Answer:
        query = urlencode(
            {
                "response_type": "code",
                "client_id": registered.client_id,
                "redirect_uri": REDIRECT_URI,
                "scope": "read",
                "state": "a state",
                "code_challenge": CHALLENGE,
                "code_challenge_method": "S256",
                **changes,
            }
        )
        return self._sender.send(
            flow, method, f"{_PATH}?{query}", headers={"Cookie": self._cookie}, failpoint=failpoint, **how
        )


def code_in(answer: Answer) -> str:
    """Return the code that a redirect carries."""
    if answer.code is None:
        raise AssertionError(f"no code in {answer.entry.flow}: {answer.status} {answer.body[:200]!r}")
    return answer.code
