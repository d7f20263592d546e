"""The schemes of access tokens on the wire: reading the header, writing the challenge.

They are Bearer (RFC 6750 §2.1, §3), and DPoP for tokens that are bound to a key (RFC 9449 §7.1).
"""

from __future__ import annotations

import re
from enum import Enum, auto

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN


class Place(Enum):
    """Where in a request a token stands (RFC 6750 §2)."""

    HEADER = auto()
    BODY = auto()
    QUERY = auto()
    #: In the address of DeviantArt's dialect, whose clients have to learn that a token is dead.
    DIALECT_QUERY = auto()


BEARER = "Bearer"
DPOP = "DPoP"

#: The name of the scheme, and not the beginning of a longer one (RFC 9110 §11.1, §5.6.2).
_SCHEMES = {
    name: re.compile(rf"{name}(?![\w!#$%&'*+.^`|~-])", re.IGNORECASE | re.ASCII) for name in (BEARER, DPOP)
}


def token_in(authorization: str | None, scheme: str = BEARER) -> HiddenText | None:
    """Return the token of an Authorization header, or None when the header is absent or of another scheme.

    Raises InvalidToken for a header of the scheme that holds no single token, and InvalidRequest for several
    headers that a server joined by commas (RFC 6750 §3.1): neither may fall through to another way of
    authenticating.
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
        refusal.scheme = scheme
        raise refusal
    return HiddenText(token)


def challenge(scheme: str, **attributes: str | None) -> str:
    """Write a ``WWW-Authenticate`` value: the scheme and its attributes in their order, absent ones left out.

    Values lose what may not stand between the quotes (RFC 6750 §3), so that none can break out of them.
    """
    parts = [f'{name}="{_quotable(value)}"' for name, value in attributes.items() if value is not None]
    return f"{scheme} {', '.join(parts)}" if parts else scheme


def _quotable(value: str) -> str:
    return "".join(c for c in value if " " <= c <= "~" and c not in '"\\')
