"""What is true of the request being answered, for the log, the events and the limits."""

from __future__ import annotations

from contextvars import ContextVar
from secrets import token_hex
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.rules.wire.networks import Address, client_address, group_of


class RequestContext(NamedTuple):
    """The id in the ``Request-Id`` header, whence and where the request goes, and the application it names.

    The address is None where it cannot be told; the person may not have proved that they are the one, and
    whether the application has is said by ``is_proven``. The path is as it was sent, so that it costs
    nothing: ``shown`` makes a text of it that can be kept.
    """

    request_id: str = ""
    address: Address | None = None
    client_id: str = ""
    is_proven: bool = False
    grant_uuid: UUID | None = None
    path: str = ""
    user_ref: str = ""


_OUTSIDE = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("oauthcore_request", default=_OUTSIDE)


def current() -> RequestContext:
    """Return the context of the request being answered, or an empty one outside of requests."""
    return _current.get()


def address_group() -> str:
    """Return the addresses that limits count together with the client's: it alone, or the /64 of an IPv6."""
    return group_of(current().address)


def enter(request: HttpRequest) -> RequestContext:
    """Make a context for a request and make it the current one; the id is ours, never the client's."""
    context = RequestContext(request_id=token_hex(16), address=address_of(request), path=request.path)
    _current.set(context)
    return context


def name_application(client_id: str) -> None:
    """Note which application the request speaks for, so that a refusal can be put down to it."""
    _current.set(current()._replace(client_id=client_id))


def prove_application(*, is_self_registered: bool) -> None:
    """Note that the request has shown a secret or a token of the application it names.

    One that registered itself proves nothing: anybody can have as many of those as they like.
    """
    _current.set(current()._replace(is_proven=not is_self_registered))


def name_grant(grant_uuid: UUID, client_id: str = "", *, is_proven: bool = False) -> None:
    """Note under which grant the token stands that was sent, and which application it proves, if any."""
    # Written out, because every token check passes here and _replace() takes three times as long.
    now = current()
    named = RequestContext(
        now.request_id, now.address, client_id, is_proven, grant_uuid, now.path, now.user_ref
    )
    _current.set(named)


def name_person(user: User) -> None:
    """Note whose login or second factor the request tries; it may not have proved that it is theirs."""
    _current.set(current()._replace(user_ref=str(user.pk)))


def shown(path: str) -> str:
    """Return a path or URI in printable ASCII: it may hold whatever was sent, and PostgreSQL keeps no NUL.

    A star stands for each secret of this site.
    """
    return conf.settings().secret_format.hidden_in(iri_to_uri(path.encode(errors="replace").decode()))


def address_of(request: HttpRequest) -> Address | None:
    """Return the client's address, behind the site's trusted proxies only, or None if none can be told."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        conf.settings().trusted_proxies,
    )
