"""An OAuth application: codes, refreshing, revoking, introspecting, and the API."""

from __future__ import annotations

from typing import Any

from proof.clients.sending import Answer, Sender
from proof.ledger import halves_of, input_of
from tests.support.factories import REDIRECT_URI, Registered, register
from tests.support.oauth import VERIFIER
from tests.support.proofs import Prover

WRONG_VERIFIER = "somebody-elses-verifier-of-forty-three-or-more"


class ApplicationClient:
    """One application with its credentials."""

    def __init__(self, sender: Sender, registered: Registered) -> None:
        self.registered = registered
        self.sender = sender

    def redeem(self, code: str, *, verifier: str = VERIFIER, failpoint: str = "", **changes: Any) -> Answer:
        """Trade a code."""
        fields = {"code": code, "redirect_uri": REDIRECT_URI, "code_verifier": verifier, **changes}
        return self._token("code", "authorization_code", fields, failpoint, input=input_of(code))

    def refresh(self, refresh_token: str, *, failpoint: str = "") -> Answer:
        """Trade a refresh token."""
        turn = halves_of(refresh_token)["turn"]
        return self._token(
            "refresh", "refresh_token", {"refresh_token": refresh_token}, failpoint, input=turn
        )

    def _token(
        self, flow: str, grant_type: str, fields: dict[str, Any], failpoint: str, **known: Any
    ) -> Answer:
        form = {"grant_type": grant_type, **self.registered.credentials, **fields}
        return self.sender.send(
            flow,
            "POST",
            "/oauth/token",
            form=form,
            headers=self.sender.proof(self.sender.prover, "POST", "/oauth/token"),
            failpoint=failpoint,
            **known,
        )

    def revoke(self, token: str, *, failpoint: str = "") -> Answer:
        """Revoke a token."""
        form = {**self.registered.credentials, "token": token}
        return self.sender.send(
            "revoke", "POST", "/oauth/revoke", form=form, failpoint=failpoint, input=input_of(token)
        )

    def act_for_itself(
        self, *, address: str = "192.0.2.1", flow: str = "client_credentials", **changes: str
    ) -> Answer:
        """Get a token with nothing but its credentials."""
        form = {"grant_type": "client_credentials", **self.registered.credentials, **changes}
        return self.sender.send(flow, "POST", "/oauth/token", form=form, address=address)

    def introspect(self, token: str) -> Answer:
        """Ask what a token is; the application must be allowed to."""
        form = {**self.registered.credentials, "token": token}
        return self.sender.send("introspect", "POST", "/oauth/introspect", form=form, input=input_of(token))


def new_application(sender: Sender) -> ApplicationClient:
    """Register one that people need not approve. If the sender has a key, it gets JWTs bound to it."""
    bound = {} if sender.prover is None else {"access_token_format": "jwt", "dpop_bound_access_tokens": True}
    return ApplicationClient(sender, register(is_trusted=True, **bound))


_ITS_OWN: Any = object()


def use(sender: Sender, access_token: str, *, flow: str = "use", prover: Prover | None = _ITS_OWN) -> Answer:
    """Call the API with an access token. A bound one comes with a proof of its key, or of another one."""
    headers = {"Authorization": f"Bearer {access_token}"}
    if sender.ledger.is_bound(access_token):
        shown = sender.prover if prover is _ITS_OWN else prover
        headers = {"Authorization": f"DPoP {access_token}"}
        headers |= sender.proof(shown, "GET", "/v1/me", access_token)
    return sender.send(flow, "GET", "/v1/me", headers=headers, input=input_of(access_token))
