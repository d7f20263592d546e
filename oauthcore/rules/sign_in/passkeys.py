"""Passkeys (WebAuthn Level 2): which sites can have them, and the shape of a browser's answer.

The WebAuthn library allocates as many bytes as a number in the answer says. So only texts that were checked
here are passed to it.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any
from urllib.parse import urlsplit

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.text import names
from oauthcore.rules.wire import strict_json

#: The most characters of a browser's answer, in JSON. The longest answers have about 8,000 characters.
LONGEST_ANSWER = 65_536
_LONGEST_MEMBER = 16_384
_LONGEST_ID = 1_364  # characters for 1,023 bytes (WebAuthn §6.5.1)
LONGEST_NAME = 100

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class Problem(Enum):
    """Why a passkey was refused."""

    NO_DOMAIN = auto()
    LOOPBACK = auto()
    NOT_HTTPS = auto()
    NOT_INSTALLED = auto()
    FACTOR_OFF = auto()
    TOO_MANY = auto()
    NAME = auto()
    OVER = auto()
    NOT_VALID = auto()
    KNOWN = auto()


class PasskeyRefused(InvalidRequest):
    """A passkey was refused; ``problem`` is for the page, the reason for the log."""

    text = "The passkey was refused."

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(reason)
        self.problem = problem


@dataclass(frozen=True)
class RelyingParty:
    """The site as passkeys know it: one domain name and one origin."""

    id: str
    origin: str

    @classmethod
    def parse(cls, issuer: str) -> RelyingParty:
        """Return the relying party of the site with this issuer.

        Raises PasskeyRefused where browsers allow no passkeys: on an IP address, and without https, except
        on localhost. A name beyond ASCII must be written as browsers do (``xn--…``).
        """
        parts = urlsplit(issuer)
        host = parts.hostname or ""
        # A host that ends in a number is an IP address, or not valid (WHATWG URL §3.5).
        if not host or not host.isascii() or ":" in host or host.rpartition(".")[2].isdigit():
            is_here = host == "::1" or host.startswith("127.")
            problem = Problem.LOOPBACK if is_here else Problem.NO_DOMAIN
            raise PasskeyRefused(problem, "the issuer has no domain name")
        is_local = host == "localhost" or host.endswith(".localhost")
        if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
            raise PasskeyRefused(Problem.NOT_HTTPS, "the issuer is not https")
        port = "" if parts.port in (None, _DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
        return cls(host, f"{parts.scheme}://{host}{port}")


def parse_name(text: str) -> str:
    """Return the name of a passkey, without spaces around it; raise PasskeyRefused."""
    name = text.strip()
    if not name or len(name) > LONGEST_NAME or not names.is_plain(name):
        raise PasskeyRefused(Problem.NAME, "the name of a passkey is empty, too long or not plain")
    return name


def parse_registration(text: str) -> dict[str, Any]:
    """Return a browser's answer for a new passkey, as checked texts only; raise PasskeyRefused."""
    return _parse(text, ("clientDataJSON", "attestationObject"))


def parse_assertion(text: str) -> dict[str, Any]:
    """Return a browser's answer for a login, as checked texts only; raise PasskeyRefused."""
    return _parse(text, ("clientDataJSON", "authenticatorData", "signature"), optional="userHandle")


def _parse(text: str, required: Iterable[str], optional: str = "") -> dict[str, Any]:
    if len(text) > LONGEST_ANSWER:
        raise _not_valid("the answer is too long")
    document = _object(text.encode("utf-8", "surrogatepass"))
    sent = document.get("response")
    if not isinstance(sent, dict):
        raise _not_valid("the answer has no response")
    response = {name: _base64url(sent.get(name)) for name in required}
    if optional and sent.get(optional) not in (None, ""):  # a few authenticators send null or an empty text
        response[optional] = _base64url(sent[optional])
    _check_client_data(response["clientDataJSON"])
    raw_id = _base64url(document.get("rawId"), most=_LONGEST_ID)
    return {"rawId": raw_id, "type": "public-key", "response": response}


def _check_client_data(encoded: str) -> None:
    """Refuse client data with members that are not texts, and client data from a frame in another site."""
    try:
        body = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise _not_valid("the client data is not base64url") from None
    client = _object(body)
    if not all(isinstance(client.get(name), str) for name in ("type", "challenge", "origin")):
        raise _not_valid("the client data lacks a member")
    if client.get("crossOrigin") not in (None, False):
        raise _not_valid("the browser was asked from within another site")


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = strict_json.loads(body)
    except InvalidRequest as refusal:
        raise _not_valid(refusal.reason) from None
    if not isinstance(document, dict):
        raise _not_valid("the JSON is no object")
    return document


def _base64url(value: object, *, most: int = _LONGEST_MEMBER) -> str:
    if not isinstance(value, str) or len(value) > most or not _BASE64URL.fullmatch(value):
        raise _not_valid("a member is missing, too long, or not base64url")
    return value


def _not_valid(reason: str) -> PasskeyRefused:
    return PasskeyRefused(Problem.NOT_VALID, reason)
