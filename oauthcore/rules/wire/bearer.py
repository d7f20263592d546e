"""The schemes of access tokens: reading the header, writing the challenge.

The schemes are Bearer (RFC 6750 §2.1, §3), and DPoP for tokens that are bound to a key (RFC 9449 §7.1).
Imported tokens keep the scheme of their package beside them. Challenges name Bearer and DPoP only.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.imports.sources import SCHEMES
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN


class Place(Enum):
    """Where in a request a token is (RFC 6750 §2)."""

    HEADER = auto()
    BODY = auto()
    QUERY = auto()
    #: In the address, in DeviantArt's dialect. Its clients must learn that a token is not live any more.
    DIALECT_QUERY = auto()


BEARER = "Bearer"
DPOP = "DPoP"

#: The whole name of the scheme, not the beginning of a longer name (RFC 9110 §11.1, §5.6.2).
_SCHEMES = {
    name: re.compile(rf"{name}(?![\w!#$%&'*+.^`|~-])", re.IGNORECASE | re.ASCII)
    for name in (BEARER, DPOP, *SCHEMES.values())
}


def token_in(authorization: str | None, scheme: str = BEARER) -> HiddenText | None:
    """Return the token of an Authorization header, or None if it is absent or has another scheme.

    Raises InvalidToken if the header does not contain exactly one token. Raises InvalidRequest for several
    headers that a server joined with commas (RFC 6750 §3.1). In both cases no other authentication is tried.
    """
    text = (authorization or "").strip(" \t")
    name = _SCHEMES[scheme].match(text)
    if name is None:
        return None
    rest = text[name.end() :]
    if "," in rest:
        raise InvalidRequest("Send one Authorization header with one token.")
    token = rest.lstrip(" ")
    is_one_word = token.isascii() and token.isprintable() and " " not in token
    if not token or token == rest or len(token) > LONGEST_TOKEN or not is_one_word:
        refusal = InvalidToken(f"the {scheme} header holds no token")
        refusal.scheme = DPOP if scheme == DPOP else BEARER  # the schemes of imported tokens are going
        raise refusal
    return HiddenText(token)


def challenge(scheme: str, **attributes: str | None) -> str:
    """Return a ``WWW-Authenticate`` value: the scheme, then each attribute that is not None, in their order.

    Characters that a quoted value may not contain are removed (RFC 6750 §3), so no value ends its quotation.
    """
    parts = [f'{name}="{_quotable(value)}"' for name, value in attributes.items() if value is not None]
    return f"{scheme} {', '.join(parts)}" if parts else scheme


def _quotable(value: str) -> str:
    return "".join(c for c in value if " " <= c <= "~" and c not in '"\\')
