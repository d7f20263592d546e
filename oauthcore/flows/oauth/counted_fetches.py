"""Limits of fetches of client documents and client keys: for one address, and in total.

A fetch blocks a worker for seconds and sends a request to another server, so one limit bounds both kinds.
"""

from __future__ import annotations

from oauthcore import conf, request_context
from oauthcore.limiter import Limit, require_tries, require_try

#: Requests of one address that wait for a fetch of another: how many in how many seconds.
WAITING = Limit("metadata-document-wait", 120, 60)


def count_fetch() -> None:
    """Count a fetch for the address of the request, and in total; raise Throttled beyond a limit."""
    settings = conf.settings()
    require_tries(
        (Limit("metadata-document", *settings.METADATA_DOCUMENT_LIMIT), (request_context.address_group(),)),
        (Limit("metadata-document-all", *settings.METADATA_DOCUMENT_TOTAL_LIMIT), ()),
    )


def count_waiting() -> None:
    """Count a request that waits for the fetch of another request; raise Throttled beyond a limit."""
    require_try(WAITING, request_context.address_group())
