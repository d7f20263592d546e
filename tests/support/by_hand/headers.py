"""The Authorization header: Basic (RFC 7617, RFC 6749 §2.3.1) and Bearer (RFC 6750 §2.1)."""

from __future__ import annotations

from tests.support.by_hand import Refused

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_HEX = set("0123456789abcdefABCDEF")
#: The characters of a name (RFC 9110 §5.6.2), which would make another scheme of it.
_NAME = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_!#$%&'*+.^`|~-")
_LONGEST_TOKEN, _LONGEST_ID = 4096, 255


class SeveralHeaders(Refused):
    """A server joined several headers."""


def bearer(header: str) -> str | None:
    """Return the token, or None for another scheme; raise Refused."""
    text = header.strip(" \t")
    if text[:6].upper() != "BEARER" or not text[:6].isascii() or text[6:7] in _NAME:
        return None
    rest = text[6:]
    if "," in rest:
        raise SeveralHeaders
    token = rest.lstrip(" ")
    is_apart = len(token) < len(rest)
    if not is_apart or not 0 < len(token) <= _LONGEST_TOKEN:
        raise Refused
    if any(not "!" <= one <= "~" for one in token):
        raise Refused
    return token


def basic(header: str) -> tuple[str, list[str]]:
    """Return the client ID, and the secret as sent and as percent-decoded; raise Refused."""
    text = header.strip()
    if text[:5].lower() != "basic" or text[5:6] not in ("", " "):
        raise Refused
    client_id, colon, secret = _utf_8(_decoded(text[6:].strip())).partition(":")
    client_id = _unescaped(client_id)
    if not colon or not 0 < len(client_id) <= _LONGEST_ID or "\x00" in client_id:
        raise Refused
    readings = [secret, _unescaped(secret)]
    return client_id, [] if not secret else readings[: 1 + (readings[0] != readings[1])]


def _decoded(text: str) -> bytes:
    bare = text.rstrip("=")
    padding = len(text) - len(bare)
    if len(text) % 4 or padding > 2 or not set(bare) <= set(_BASE64):
        raise Refused
    bits = "".join(f"{_BASE64.index(one):06b}" for one in bare)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))


def _utf_8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused from None


def _unescaped(text: str) -> str:
    """Return a text of a form decoded, or as it is where that is not UTF-8."""
    raw, at = b"", 0
    while at < len(text):
        digits = text[at + 1 : at + 3]
        if text[at] == "%" and len(digits) == 2 and set(digits) <= _HEX:
            raw, at = raw + bytes([int(digits, 16)]), at + 3
        else:
            raw, at = raw + (" " if text[at] == "+" else text[at]).encode(), at + 1
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return text
