"""Limits of fetches of client documents and client keys: for one address, and in total.

A fetch blocks a worker for seconds and sends a request to another server, so one limit bounds both kinds.
"""

from __future__ import annotations

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, count_try
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.wire.networks import group_of

#: Requests of one address that wait for a fetch of another: how many in how many seconds.
WAITING = Limit("metadata-document-wait", 120, 60)


def count_fetch() -> None:
    """Count a fetch for the address of the request, and in total; raise Throttled beyond a limit."""
    settings = conf.settings()
    _count(Limit("metadata-document", *settings.METADATA_DOCUMENT_LIMIT), _address())
    _count(Limit("metadata-document-all", *settings.METADATA_DOCUMENT_TOTAL_LIMIT))


def count_waiting() -> None:
    """Count a request that waits for the fetch of another request; raise Throttled beyond a limit."""
    _count(WAITING, _address())


def _address() -> str:
    return group_of(request_context.current().address)


def _count(limit: Limit, *parts: str) -> None:
    wait = count_try(limit, *parts).wait
    if wait is not None:
        raise Throttled("too many documents of clients are to be read", retry_after=wait)
