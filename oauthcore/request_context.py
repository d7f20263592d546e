"""What is true of the request being answered, for the log, the events and the limits."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import uuid4

from django.http import HttpRequest

from oauthcore import conf
from oauthcore.rules.networks import Address, client_address


@dataclass(frozen=True)
class RequestContext:
    """The id in the ``Request-Id`` header, where the request came from, and the application it names.

    The address is None where it cannot be told; the application may not have proved that it is the one.
    """

    request_id: str = ""
    address: Address | None = None
    client_id: str = ""


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


def name_application(client_id: str) -> None:
    """Note which application the request speaks for, so that a refusal can be put down to it."""
    _current.set(replace(current(), client_id=client_id))


def address_of(request: HttpRequest) -> Address | None:
    """Return the client's address, behind the site's trusted proxies only, or None if none can be told."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        conf.settings().trusted_proxies,
    )
