"""Redirect URIs: which may be registered, and which match a registered URI (OAuth 2.1 §2.3, RFC 8252).

Registration parses the URI strictly. Matching compares strings. Only the port may differ: of a loopback IP
literal (RFC 8252 §7.3), and of ``localhost`` for a public application.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from urllib.parse import SplitResult, urlsplit

from oauthcore.rules.oauth.answer_parameters import ANSWER_PARAMETERS, brings_answer_parameters
from oauthcore.rules.text.sentences import Sentence

#: The code is shown on a page, and the person copies it. For legacy applications only.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"

#: Some browsers and servers do not accept longer URIs.
LONGEST = 2000
#: How many an application may have, and how many addresses after a logout.
MOST = 20
TOO_MANY = Sentence("An application has at most %(most)s redirect URIs.", most=MOST)

_LOOPBACK = re.compile(
    r"(?P<origin>http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::(?P<port>[1-9][0-9]{0,4}))?(?P<rest>[/?].*)?\Z",
    re.DOTALL,
)
_REVERSED_DOMAIN = re.compile(r"[a-z][a-z0-9+\-]*(?:\.[a-z0-9+\-]+)+\Z")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*\Z")
#: Schemes that browsers handle themselves. No application may have them, in upper or lower case.
BROWSER_SCHEMES = frozenset(
    [
        *("http", "https", "ws", "wss", "ftp", "file", "filesystem", "blob", "data"),
        *("javascript", "vbscript", "about", "view-source", "intent"),
    ]
)
_HOST = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?)*\Z"
)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::(?P<port>[0-9]{1,5}))?\Z")
_ALLOWED = re.compile(
    r"[\x21\x23-\x29\x2b-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+\Z"
)  # no space " * < > \ ^ ` { | }
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%0[0adAD]|%09")
_NAMES_OF_ANSWERS = ", ".join(sorted(ANSWER_PARAMETERS))
_PORT = re.compile(r":[0-9]+\Z")
_LOOPBACK_HOSTS = {"127.0.0.1", "[::1]", "localhost"}


def problem_with(
    uri: str, *, is_legacy: bool = False, schemes: Collection[str] = (), is_registered: bool = False
) -> Sentence | None:
    """Return why a URI cannot be registered, in words for its developer, or None if it can.

    A private-use scheme has a dot, or the site lists it in ``schemes``. A legacy application may have any
    scheme, and ``urn:ietf:wg:oauth:2.0:oob``, as Mastodon's clients do. A URI that ``is_registered`` already
    may have parameters of answers: the answers replace them.
    """
    if not is_registered and brings_answer_parameters(uri):
        return Sentence(
            "A redirect URI's query has none of the names that answers have: %(names)s.",
            names=_NAMES_OF_ANSWERS,
        )
    if uri == OUT_OF_BAND:
        return (
            None
            if is_legacy
            else Sentence("OAuth 2.1 shows no codes on pages: register an address of yours.")
        )
    if len(uri) > LONGEST:
        return Sentence("A redirect URI has at most %(most)s characters.", most=LONGEST)
    if not uri.isascii() or not _ALLOWED.match(uri) or _BROKEN_ESCAPE.search(uri):
        return Sentence(
            "A redirect URI is plain ASCII without spaces, wildcards, control characters or broken escapes."
        )
    if "#" in uri:
        return Sentence("A redirect URI has no fragment (#).")
    scheme, colon, rest = uri.partition(":")
    if not colon:
        return Sentence(
            "A redirect URI is absolute: it starts with https://, a loopback http:// or a scheme of your own."
        )
    if scheme in ("https", "http"):
        return _problem_with_web(scheme, rest)
    return _problem_with_scheme(scheme, is_legacy=is_legacy, schemes=schemes) or _problem_with_rest(rest)


def _problem_with_web(scheme: str, rest: str) -> Sentence | None:
    if not rest.startswith("//"):
        return Sentence("Two slashes follow the scheme of a redirect URI.")
    authority = re.split(r"[/?]", rest[2:], maxsplit=1)[0]
    if "@" in authority:
        return Sentence("A redirect URI holds no user name or password.")
    parts = _HOST_AND_PORT.match(authority)
    if parts is None or (parts["port"] is not None and not 0 < int(parts["port"]) < 65536):
        return Sentence("The redirect URI's host or port is not valid.")
    host = parts["host"]
    if host.startswith("["):
        if host != "[::1]":
            return Sentence("The only IPv6 literal that is accepted is the loopback address [::1].")
    elif not _HOST.match(host) or (host.rsplit(".")[-1].isdigit() and not _is_ipv4(host)):
        return Sentence("The redirect URI's host is not valid.")
    if scheme == "http" and host not in _LOOPBACK_HOSTS:
        return Sentence("http is accepted for 127.0.0.1, [::1] and localhost only; use https.")
    if _has_dot_segment(rest[2 + len(authority) :].partition("?")[0]):
        return Sentence("A redirect URI's path has no . or .. segments.")
    return None


def _problem_with_scheme(scheme: str, *, is_legacy: bool, schemes: Collection[str]) -> Sentence | None:
    if scheme.lower() in BROWSER_SCHEMES:
        return Sentence("Browsers act on that scheme: use https:// (in lower case), or a scheme of your own.")
    if scheme in schemes or _REVERSED_DOMAIN.match(scheme):
        return None
    if not is_legacy:
        return Sentence(
            "A scheme of your own is your domain name reversed, in lower case: com.example.app:/callback."
        )
    if not is_scheme(scheme):
        return Sentence(
            "A scheme of your own is made of letters, digits, “+”, “-” and “.”, and begins with a letter."
        )
    return None


def is_scheme(text: str) -> bool:
    """Return whether a text can be the private-use scheme of an application (RFC 3986 §3.1)."""
    return _SCHEME.match(text) is not None and text.lower() not in BROWSER_SCHEMES


def _problem_with_rest(rest: str) -> Sentence | None:
    if not rest.startswith("/"):
        return Sentence("One or two slashes follow a scheme of your own: com.example.app:/callback.")
    authority = re.split(r"[/?]", rest[2:], maxsplit=1)[0] if rest.startswith("//") else ""
    if "@" in authority:
        return Sentence("A redirect URI holds no user name or password.")
    return None


def _is_ipv4(host: str) -> bool:
    numbers = host.split(".")
    return len(numbers) == 4 and all(n.isdigit() and str(int(n)) == n and int(n) < 256 for n in numbers)


def _has_dot_segment(path: str) -> bool:
    return any(segment.lower().replace("%2e", ".") in (".", "..") for segment in path.split("/"))


def matches(registered: str, sent: str, *, is_public: bool = False) -> bool:
    """Return whether the URI that was sent is the registered one (OAuth 2.1 §2.3.1).

    Both are equal as strings. The port may differ if the host is a loopback IP literal (RFC 8252 §7.3). For a
    public application the port of ``localhost`` may differ too: command-line programs listen on any port.
    """
    if registered == sent:
        return True
    ours, theirs = _LOOPBACK.match(registered), _LOOPBACK.match(sent)
    if ours is None or theirs is None or (theirs["port"] is not None and int(theirs["port"]) > 65535):
        return False
    if ours["origin"] == "http://localhost" and not is_public:
        return False
    return (ours["origin"], ours["rest"]) == (theirs["origin"], theirs["rest"])


def match_any(registered: Iterable[str], sent: str, *, is_public: bool = False) -> bool:
    """Return whether the URI that was sent matches one of the registered URIs."""
    return any(matches(one, sent, is_public=is_public) for one in registered)


#: Texts that can make a path lead elsewhere. They are encoded dots, slashes, backslashes, semicolons and
#: percent signs, also in overlong UTF-8 or full width. They are also dot segments with a parameter or with
#: encoded characters around them, which some servers cut off.
_HIDDEN_PATH = re.compile(
    r"%(?:2e|2f|5c|3b|25|c0|c1|e0%[89]|f0%8|ef%bc%(?:8[ef]|bc))"
    r"|(?:^|/)(?:%[0-9a-f]{2})*\.\.?(?:%[0-9a-f]{2})*(?:[/;]|\Z)",
    re.IGNORECASE,
)


def begins_with(registered: str, sent: str) -> bool:
    """Return whether the path of the URI that was sent begins with the registered path, by whole segments.

    For legacy applications with that switch. Scheme, host and port must be equal as text. The rest of the
    path has no query and no empty, ``.`` or ``..`` segment, encoded or not.
    """
    if not registered.startswith(("https://", "http://")) or "?" in registered + sent:
        return False
    if problem_with(registered) is not None or problem_with(sent) is not None:
        return False
    # An origin has an empty path, and every path begins with an empty path.
    lead = registered if registered.endswith("/") else f"{registered}/"
    rest = sent[len(lead) :]
    is_below = sent.startswith(lead) and "//" not in f"/{rest}"
    return is_below and _HIDDEN_PATH.search(rest) is None


def begins_with_any(registered: Iterable[str], sent: str) -> bool:
    """Return whether the URI that was sent begins with one of the registered URIs."""
    return any(begins_with(one, sent) for one in registered)


def without_query(uri: str) -> str:
    """Return a URI without query and fragment, which may contain a secret."""
    return re.split(r"[?#]", uri, maxsplit=1)[0]


def is_impersonable(uri: str) -> bool:
    """Return whether another program on the device could receive an answer sent to a URI (RFC 8252 §8.6)."""
    return not uri.startswith("https://") or _is_loopback(_split(uri).hostname or "")


def _split(uri: str) -> SplitResult:
    """Return the parts of a URI; one that cannot be read has none, and cannot be registered either."""
    try:
        return urlsplit(uri)
    except ValueError:
        return SplitResult("", "", "", "", "")


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


def host_of(uri: str) -> str:
    """Return the host a person would recognise; a private-use scheme has none."""
    return "" if private_use_scheme(uri) else _split(uri).netloc


def host_to_approve(uri: str) -> str:
    """Return what people approve of a place that answers go to: its host, or the scheme of an app.

    On the device it is without the port: a program there listens on another one each time.
    """
    host = host_of(uri)
    on_device = bool(host) and _is_loopback(_split(uri).hostname or "")
    return (_PORT.sub("", host) if on_device else host) or private_use_scheme(uri)


def is_at(uri: str, origin: str) -> bool:
    """Return whether a URI leads to an origin, however its host and port are written; not so a broken one."""
    try:
        return _origin_of(uri) == _origin_of(origin)
    except ValueError:  # the port
        return False


def _origin_of(url: str) -> tuple[str, str | None, int]:
    parts = _split(url)
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def private_use_scheme(uri: str) -> str:
    """Return the private-use scheme of a URI, or an empty text for a web address.

    The text after the scheme is not a host: ``mastodon://bank.example/`` opens an app.
    """
    return "" if uri.startswith(("https://", "http://")) else uri.partition(":")[0]
