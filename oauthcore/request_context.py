"""What is true of the request being answered, for the log, the events and the limits: its id and its
address."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import uuid4

from django.http import HttpRequest

from oauthcore import conf
from oauthcore.rules.networks import Address, client_address


@dataclass(frozen=True)
class RequestContext:
    """The id that is in the ``Request-Id`` header, and where the request came from as far as that can be
    told."""

    request_id: str = ""
    address: Address | None = None


_OUTSIDE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("oauthcore_request", default=_OUTSIDE)


def current() -> RequestContext:
    """Return the context of the request being answered, or an empty one outside of requests."""
    return _current.get()


def enter(request: HttpRequest) -> RequestContext:
    """Make a context for a request and make it the current one; the id is ours, never the client's."""
    context = RequestContext(request_id=uuid4().hex, address=address_of(request))
    _current.set(context)
    return context


def address_of(request: HttpRequest) -> Address | None:
    """Return the client's address, behind the site's trusted proxies only, or None if none can be told."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        conf.settings().trusted_proxies,
    )
