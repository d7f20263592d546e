"""Client credentials: Basic, the body, an assertion, or only a client ID (RFC 6749 §2.3.1)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from dataclasses import dataclass
from urllib.parse import unquote_plus

from oauthcore.rules.errors.oauth import InvalidClient, InvalidRequest
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.text.numbers import whole_number
from oauthcore.rules.text.sentences import Sentence
from oauthcore.rules.wire.parameters import Parameters

#: The parameters by which an application says who it is.
PARAMETERS = ("client_id", "client_secret", "client_assertion", "client_assertion_type")

#: The one type of assertion that is known (RFC 7523 §2.2).
JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

#: The most characters of a client ID in a row.
_LONGEST_ID = 255


@dataclass(frozen=True)
class ClientCredentials:
    """The credentials that were sent: a client ID and, if any, the secret, as sent and percent-decoded.

    ``also`` is the ``client_id`` of the body if Basic was sent too: both must name the same application. With
    an ``assertion``, ``client_id`` may be empty (RFC 7521 §4.2).
    """

    client_id: str
    secrets: tuple[HiddenText, ...] = ()
    also: str | None = None
    assertion: HiddenText | None = None


def parse(authorization: str | None, body: Parameters) -> ClientCredentials:
    """Read the credentials of a request to an endpoint that authenticates clients.

    Raises InvalidRequest for two methods at once (RFC 6749 §2.3), and InvalidClient if there are no
    credentials.
    """
    basic = _basic_part(authorization)
    if body.is_sent("client_assertion") or body.is_sent("client_assertion_type"):
        return _from_assertion(basic, body)
    if basic is not None and body.is_sent("client_secret"):
        raise InvalidRequest(
            "Send client credentials in the Authorization header or in the body, not in both."
        )
    credentials = _from_body(body) if basic is None else _from_basic(basic, body.get("client_id"))
    if len(credentials.client_id) > _LONGEST_ID or "\x00" in credentials.client_id:
        raise InvalidClient("no client_id looks like this")
    return credentials


def are_sent(authorization: str | None, body: Parameters) -> bool:
    """Return whether a request has client credentials, at an endpoint where they are optional."""
    return _basic_part(authorization) is not None or any(map(body.is_sent, PARAMETERS))


def _basic_part(authorization: str | None) -> HiddenText | None:
    scheme, _, rest = (authorization or "").strip().partition(" ")
    return HiddenText(rest.strip()) if scheme.lower() == "basic" else None


def _from_body(body: Parameters) -> ClientCredentials:
    client_id, secret = body.get("client_id"), body.secret("client_secret")
    if client_id is None:
        raise InvalidClient("no client_id was sent")
    return ClientCredentials(client_id, () if secret is None else (secret,))


def _from_assertion(basic: HiddenText | None, body: Parameters) -> ClientCredentials:
    if basic is not None or body.is_sent("client_secret"):
        raise InvalidRequest("Send a client assertion or a client secret, not both.")
    assertion = body.secret("client_assertion")
    if assertion is None or body.get("client_assertion_type") != JWT_BEARER:
        raise InvalidClient("the client assertion is missing, or of another type than a JWT")
    return ClientCredentials(body.get("client_id") or "", assertion=assertion)


def _from_basic(encoded: HiddenText, body_id: str | None) -> ClientCredentials:
    try:
        client_id, colon, secret = b64decode(encoded.reveal(), validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        raise InvalidClient("the Basic credentials are not base64 of UTF-8") from None
    if not colon or not client_id:
        raise InvalidClient("the Basic credentials are not id:secret")
    client_id = _decoded(client_id)
    is_named_by_number = any(whole_number(name) is not None for name in (client_id, body_id or ""))
    if body_id not in (None, client_id) and not is_named_by_number:
        raise InvalidRequest("The client_id in the body is not the one in the Authorization header.")
    readings = dict.fromkeys((secret, _decoded(secret))) if secret else ()
    return ClientCredentials(client_id, tuple(map(HiddenText, readings)), body_id)


def _decoded(text: str) -> str:
    try:
        return unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        return text


def problem_with_client_id(client_id: str) -> Sentence | None:
    """Return why a client ID cannot be registered, or None if it can (RFC 6749 appendix A.1).

    Basic separates ID and secret with a colon, so no ID has one. Some clients percent-encode the ID, so it
    has no ``%`` and no ``+``: then it reads the same, decoded or not.
    """
    is_visible = client_id.isascii() and client_id.isprintable()
    if client_id.isdigit() or not is_visible or set(":%+") & set(client_id):
        return Sentence("A client ID is printable ASCII without : % and +, and not a number.")
    return None
