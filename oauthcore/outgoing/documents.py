"""Reading a JSON document at an https URL of a stranger, safely (no SSRF): see ``outgoing.connecting``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from oauthcore.outgoing.connecting import connected
from oauthcore.outgoing.names import NotFetched
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.wire import strict_json
from oauthcore.rules.wire.freshness import seconds_fresh
from oauthcore.rules.wire.https_urls import HttpsURL

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse
    from urllib3.connection import HTTPConnection

#: The time limit from the lookup of the name to the last byte.
SECONDS_IN_ALL = 3.0
LARGEST = 8 * 1024

_JSON_SUFFIX = re.compile(r"application/[^/\s]+\+json\Z")


@dataclass(frozen=True)
class Fetched:
    """A document that was read, and its headers about caching."""

    content: Any
    body: bytes = field(repr=False)
    headers: Mapping[str, str]

    def seconds_fresh(self, *, now: datetime, least: int, most: int) -> int:
        """Return for how many seconds it may be cached, between ``least`` and ``most``."""
        return seconds_fresh(
            cache_control=self.headers.get("cache-control", ""),
            expires=self.headers.get("expires"),
            age=self.headers.get("age"),
            now=now,
            least=least,
            most=most,
        )


def fetch(
    url: HttpsURL, *, largest: int = LARGEST, seconds: float | None = None, is_strangers: bool = False
) -> Fetched:
    """Return the JSON document at a URL; raise NotFetched, which says why there is none.

    It blocks for up to ``SECONDS_IN_ALL`` seconds, or for the given ``seconds``. ``is_strangers`` says that
    anybody may have sent the URL. Never call it inside a transaction.
    """
    in_all = SECONDS_IN_ALL if seconds is None else seconds
    with connected(url, seconds=in_all, is_strangers=is_strangers) as connection:
        return _read(connection, url, largest)


def _read(connection: HTTPConnection, url: HttpsURL, largest: int) -> Fetched:
    headers = {
        "Host": url.shown_host,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "oauthcore",
        "Connection": "close",
    }
    connection.request("GET", url.target, headers=headers, preload_content=False, decode_content=False)
    with closing(connection.getresponse()) as response:
        _check_head(response, largest)
        body = _body(response, largest)
    try:
        content = strict_json.loads(body)
    except InvalidRequest as refusal:
        raise NotFetched(refusal.description) from None
    return Fetched(content, body, {name.lower(): value for name, value in response.headers.items()})


def _body(response: BaseHTTPResponse, largest: int) -> bytes:
    """Return the whole body. Reading to its end finds out whether it is shorter than its stated length."""
    body = b""
    while len(body) <= largest and (part := response.read(largest + 1 - len(body), decode_content=False)):
        body += part
    if len(body) > largest:
        raise NotFetched(f"The document has more than {largest} bytes.")
    return body


def _check_head(response: BaseHTTPResponse, largest: int) -> None:
    if response.status != 200:
        raise NotFetched(f"The answer has the status {response.status}, not 200; redirects are not followed.")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if not (media_type == "application/json" or _JSON_SUFFIX.match(media_type)):
        raise NotFetched("The answer is not application/json.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise NotFetched("The answer is compressed.")
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and (len(length) > 9 or int(length) > largest):
        raise NotFetched(f"The document has more than {largest} bytes.")
