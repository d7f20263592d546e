"""An application that sends its authorization requests ahead, and a person who brings them."""

from __future__ import annotations

from typing import Any

from tests.support.oauth import OAuthClient, post

PAR = "/oauth/par"


class Pusher(OAuthClient):
    """An application that pushes its requests, and a person at a browser who brings them."""

    def push(self, **changes: Any) -> Any:
        """Push a good request; a change to None leaves a parameter out."""
        return post(PAR, {**self.parameters(**changes), **self.registered.credentials})

    def bring(self, request_uri: str, **changes: Any) -> Any:
        """Open the authorize page by the name of a request."""
        query = {"client_id": self.registered.client_id, "request_uri": request_uri, **changes}
        return self.browser.get("/oauth/authorize", query)

    def pushed(self, **changes: Any) -> str:
        answered = self.push(**changes)
        assert answered.status_code == 201, answered.content
        return str(answered.json()["request_uri"])

    def allow(self, page: Any, decision: str = "approve") -> Any:
        """Answer the page as its form does."""
        form = {"transaction": page.context["transaction"], "scope": ["read"], "decision": decision}
        return self.browser.post(page.context["form_action"], form)
