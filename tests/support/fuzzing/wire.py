"""Requests of applications, apps and browsers, each held to what is true of every answer."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.test import Client

from tests.support.proofs import ISSUER, Prover

#: The keys that tokens are bound to. The model and the rules know them by their numbers.
KEYS = (Prover(), Prover())
FORM = "application/x-www-form-urlencoded"
#: An address on the loopback interface, whose port is free (RFC 8252 §7.3).
_LOOPBACK = re.compile(r"(http://127\.0\.0\.1)(?::[1-9][0-9]{0,4})?(/.*)")


def is_registered(location: str, redirect_uris: list[str]) -> bool:
    """Return whether a redirect goes to one of these addresses, with nothing but parameters added."""
    bare = re.split(r"[?#]", location, maxsplit=1)[0]
    return bare in redirect_uris or without_port(bare) in redirect_uris


def without_port(uri: str) -> str | None:
    found = _LOOPBACK.fullmatch(uri)
    return found and found[1] + found[2]


def proof_for(text: str, key: int) -> str:
    """Return a proof with which a token is sent to the API."""
    return KEYS[key].proof("GET", f"{ISSUER}/v1/me", text)


class Wire:
    """One caller without cookies, and the check of every answer that comes back."""

    def __init__(self) -> None:
        self.client = Client()

    def form(self, path: str, parameters: dict[str, Any], *, key: int | None = None) -> Any:
        """Send a form, as applications do; parameters that are None are left out. A key is proven."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        headers = {} if key is None else {"dpop": KEYS[key].proof(url=ISSUER + path)}
        return self.checked(
            self.client.post(path, urlencode(sent, doseq=True), content_type=FORM, headers=headers)
        )

    def json(self, method: str, path: str, members: Any = None, *, bearer: str | None = None) -> Any:
        """Send JSON, as apps do."""
        headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        body, kind = (b"", "") if members is None else (json.dumps(members), "application/json")
        return self.checked(self.client.generic(method, path, body, content_type=kind, headers=headers))

    def me(self, text: str, *, key: int | None = None) -> Any:
        """Ask the API with a token, and with a proof of the key that it is bound to."""
        if key is None:
            return self.json("GET", "/v1/me", bearer=text)
        return self.me_with_proof(text, proof_for(text, key))

    def me_with_proof(self, text: str, proof: str) -> Any:
        """Ask the API with a token and a proof."""
        headers = {"authorization": f"DPoP {text}", "dpop": proof}
        return self.checked(self.client.get("/v1/me", headers=headers))

    def checked(self, response: Any, redirect_uris: list[str] | None = None) -> Any:
        """Return an answer that is no fault of ours, and that leads nowhere but to ours or as registered."""
        assert response.status_code < 500, (response.status_code, response.content)
        location = response.headers.get("Location")
        if location is not None:
            is_ours = re.match(r"/(?![/\\])|https://testserver/", location) is not None
            assert is_ours or is_registered(location, redirect_uris or []), location
        return response


def carried(response: Any) -> dict[str, str]:
    """Return the parameters of a redirect, in its query or its fragment."""
    parts = urlsplit(response["Location"])
    return dict(parse_qsl(parts.query)) | dict(parse_qsl(parts.fragment))


def error_of(response: Any) -> str:
    """Return the code of an error, or an empty text."""
    body = response.json() if response.content else {}
    return str(body.get("error", "")) if isinstance(body, dict) else ""
