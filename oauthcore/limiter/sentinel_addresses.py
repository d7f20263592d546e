"""Addresses of a Valkey or Redis that Sentinels watch: ``redis+sentinel://host,host,host/name``.

The Sentinels say which server is the primary at the moment. redis-py has no address for this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

#: The second one uses TLS, both to the Sentinels and to the servers.
SCHEMES = ("redis+sentinel", "rediss+sentinel")
_PORT = 26379
_OF_THE_QUERY = ("sentinel_username", "sentinel_password")


@dataclass(frozen=True)
class SentinelAddress:
    """Where the Sentinels are, and what they call the primary. Its ``repr`` shows no password."""

    sentinels: tuple[tuple[str, int], ...]
    name: str
    database: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sentinel_username: str | None = None
    sentinel_password: str | None = field(default=None, repr=False)
    is_encrypted: bool = False


def is_sentinel_address(url: str) -> bool:
    """Return whether a URL names Sentinels, rather than one server."""
    return url.partition("://")[0] in SCHEMES


def parse(url: str) -> SentinelAddress:
    """Read such an address. Raises ValueError with what is wrong; the text repeats nothing of the URL."""
    scheme, _, rest = url.partition("://")
    rest, _, query = rest.partition("?")
    place, _, path = rest.partition("/")
    person, _, hosts = place.rpartition("@")
    name, _, database = path.strip("/").partition("/")
    if not name:
        raise ValueError("it does not say what the Sentinels call the primary")
    if database and not database.isdecimal():
        raise ValueError("the number of the database is not a number")
    username, _, password = person.partition(":")
    of_the_query = dict(parse_qsl(query, keep_blank_values=True))
    if set(of_the_query) - set(_OF_THE_QUERY):
        raise ValueError(f"its query may have {' and '.join(_OF_THE_QUERY)} only")
    return SentinelAddress(
        sentinels=tuple(_sentinel(host) for host in hosts.split(",")),
        name=unquote(name),
        database=int(database or 0),
        username=unquote(username) or None,
        password=unquote(password) or None,
        sentinel_username=of_the_query.get("sentinel_username") or None,
        sentinel_password=of_the_query.get("sentinel_password") or None,
        is_encrypted=scheme == "rediss+sentinel",
    )


def _sentinel(text: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host:
        raise ValueError("a Sentinel is not written as host:port")
    return host, port or _PORT
