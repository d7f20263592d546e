"""The https URLs of strangers to which this server sends requests (RFC 3986, RFC 9110 §4.2.2)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from oauthcore.rules.text.sentences import Sentence

LONGEST = 255

_PARTS = re.compile(r"https://(?P<authority>[^/?#]+)(?P<target>/[^#]*)\Z")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.\-]+)(?::(?P<port>[1-9][0-9]{0,4}))?\Z")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\Z")
#: The last part of an IPv4 address, as operating systems read it: decimal, octal or hexadecimal.
_NUMBER = re.compile(r"(?:[0-9]+|0[xX][0-9A-Fa-f]*)\Z")
#: The characters of a URL (RFC 3986 §2), with each "%" before two hexadecimal digits.
_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+\Z")
#: The beginning of a URL without TLS, on this machine itself.
_ON_LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|\[::1\]|localhost)(?=[:/])")
_DOTS = re.compile(r"(?:\.|%2e){1,2}\Z", re.IGNORECASE)


@dataclass(frozen=True)
class HttpsURL:
    """A well-formed URL. Whether requests may be sent to its host is checked elsewhere.

    One that is not ``is_encrypted`` has http, and leads to this machine itself: for development.
    """

    text: str
    host: str
    port: int
    target: str
    is_encrypted: bool = True

    @classmethod
    def parse(cls, text: str, *, may_be_loopback: bool = False) -> HttpsURL:
        """Return the URL; raise ValueError with words for its developer.

        ``may_be_loopback`` allows http too, for 127.0.0.1, [::1] and localhost.
        """
        if len(text) > LONGEST:
            raise ValueError(Sentence("The URL has more than %(most)s characters.", most=LONGEST))
        is_encrypted = not (may_be_loopback and _ON_LOOPBACK.match(text))
        parts = _PARTS.match(text if is_encrypted else f"https{text.removeprefix('http')}")
        if "#" in text:
            raise ValueError(Sentence("The URL has a fragment (#)."))
        if parts is None:
            raise ValueError(
                Sentence("The URL does not begin with https:// and a host, or has no path behind it.")
            )
        if not _CHARACTERS.match(text):
            raise ValueError(Sentence("The URL has characters that no URL has, or a broken escape (%)."))
        if "@" in parts["authority"]:
            raise ValueError(Sentence("The URL has a user name or a password."))
        authority = _AUTHORITY.match(parts["authority"])
        port = int((authority and authority["port"]) or (443 if is_encrypted else 80))
        if authority is None or port > 65535 or not _is_host(authority["host"]):
            raise ValueError(Sentence("The host or the port of the URL is not valid."))
        if any(_DOTS.match(segment) for segment in parts["target"].partition("?")[0].split("/")):
            raise ValueError(Sentence("The path of the URL has “.” or “..” segments."))
        return cls(text, authority["host"].strip("[]").lower(), port, parts["target"], is_encrypted)

    @property
    def shown_host(self) -> str:
        """The host for people, with the port unless that is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_encrypted else 80) else f"{host}:{self.port}"


def _is_host(host: str) -> bool:
    """Return whether a text is a host name, or an address in its usual spelling."""
    if host.startswith("["):
        return _is_address(host[1:-1]) and ":" in host
    if _NUMBER.match(host.rpartition(".")[2]):
        return _is_address(host)
    return len(host) <= 253 and all(map(_LABEL.match, host.split(".")))


def _is_address(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return isinstance(address, IPv6Address) or str(address) == text


def is_named(host: str, patterns: Iterable[str]) -> bool:
    """Return whether a pattern names a host: ``example.com``, or ``*.example.com`` for all below it."""
    host = host.lower()
    return any(
        host.endswith(one[1:].lower()) if one.startswith("*.") else host == one.lower() for one in patterns
    )
