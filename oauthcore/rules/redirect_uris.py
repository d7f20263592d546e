"""Redirect URIs: what may be registered, and what matches what was registered (OAuth 2.1 §2.3, RFC 8252).

Registration is where parsers are used, and strictly; matching compares strings. The one freedom is the port
of a loopback IP literal (RFC 8252 §7.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

#: No browser or server is sure to carry longer ones.
LONGEST = 2000

_LOOPBACK = re.compile(
    r"(?P<origin>http://(?:127\.0\.0\.1|\[::1\]))(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?\Z",
    re.DOTALL,
)
_PRIVATE_USE_SCHEME = re.compile(r"[a-z][a-z0-9+\-]*(?:\.[a-z0-9+\-]+)+\Z")
_HOST = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?)*\Z"
)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?\Z")
_ALLOWED = re.compile(
    r"[\x21\x23-\x29\x2b-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+\Z"
)  # no space " * < > \ ^ ` { | }
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%0[0adAD]|%09")
_LOOPBACK_HOSTS = {"127.0.0.1", "[::1]", "localhost"}


def problem_with(uri: str) -> str | None:
    """Return why a URI cannot be registered, in words for its developer, or None when it can."""
    if len(uri) > LONGEST:
        return f"A redirect URI has at most {LONGEST} characters."
    if not uri.isascii() or not _ALLOWED.match(uri) or _BROKEN_ESCAPE.search(uri):
        return (
            "A redirect URI is plain ASCII without spaces, wildcards, control characters or broken escapes."
        )
    if "#" in uri:
        return "A redirect URI has no fragment (#)."
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return (
            "A redirect URI is absolute: it starts with https://, a loopback http:// or a scheme of your own."
        )
    if scheme in ("https", "http"):
        return _problem_with_web(scheme, rest)
    return _problem_with_private_use(scheme, rest)


def _problem_with_web(scheme: str, rest: str) -> str | None:
    if not rest.startswith("//"):
        return "Two slashes follow the scheme of a redirect URI."
    authority = re.split(r"[/?]", rest[2:], maxsplit=1)[0]
    if "@" in authority:
        return "A redirect URI holds no user name or password."
    parts = _HOST_AND_PORT.match(authority)
    if parts is None or (parts["port"] is not None and not 0 < int(parts["port"]) < 65536):
        return "The redirect URI's host or port is not valid."
    host = parts["host"]
    if host.startswith("["):
        if host != "[::1]":
            return "The only IPv6 literal that is accepted is the loopback address [::1]."
    elif not _HOST.match(host) or (host.rsplit(".")[-1].isdigit() and not _is_ipv4(host)):
        return "The redirect URI's host is not valid."
    if scheme == "http" and host not in _LOOPBACK_HOSTS:
        return "http is accepted for 127.0.0.1, [::1] and localhost only; use https."
    if _has_dot_segment(rest[2 + len(authority) :].partition("?")[0]):
        return "A redirect URI's path has no . or .. segments."
    return None


def _problem_with_private_use(scheme: str, rest: str) -> str | None:
    if not _PRIVATE_USE_SCHEME.match(scheme):
        return "A scheme of your own is your domain name reversed, in lower case: com.example.app:/callback."
    if not rest.startswith("/") or rest.startswith("//"):
        return "One slash follows a scheme of your own: com.example.app:/callback."
    return None


def _is_ipv4(host: str) -> bool:
    numbers = host.split(".")
    return len(numbers) == 4 and all(n.isdigit() and str(int(n)) == n and int(n) < 256 for n in numbers)


def _has_dot_segment(path: str) -> bool:
    return any(segment.lower().replace("%2e", ".") in (".", "..") for segment in path.split("/"))


def matches(registered: str, sent: str) -> bool:
    """Return whether the URI that was sent is the registered one (OAuth 2.1 §2.3.1).

    Equal as strings, or equal but for the port where the host is a loopback IP literal (RFC 8252 §7.3).
    """
    if registered == sent:
        return True
    ours, theirs = _LOOPBACK.match(registered), _LOOPBACK.match(sent)
    if ours is None or theirs is None or (theirs["port"] is not None and int(theirs["port"]) > 65535):
        return False
    return (ours["origin"], ours["rest"]) == (theirs["origin"], theirs["rest"])


def match_any(registered: Iterable[str], sent: str) -> bool:
    """Return whether the URI that was sent matches one of those registered."""
    return any(matches(one, sent) for one in registered)


def is_impersonable(uri: str) -> bool:
    """Return whether any program on the device could receive what is sent there (RFC 8252 §8.6)."""
    return not uri.startswith("https://")


def host_of(uri: str) -> str:
    """Return the host a person would recognise, or the scheme of an application on the device."""
    if uri.startswith(("https://", "http://")):
        return urlsplit(uri).netloc
    return uri.partition(":")[0]
