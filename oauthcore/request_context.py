"""Facts about the request that is being answered, for the log, the events and the limits."""

from __future__ import annotations

from contextvars import ContextVar
from os import urandom
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.rules.wire.networks import Address, client_address, group_of


class RequestContext(NamedTuple):
    """The id in the ``Request-Id`` header, the client's address, the path, and who the request speaks for.

    ``address`` is None if it is unknown. ``is_proven`` says whether the application has proved that it is
    ``client_id``. ``user_ref`` names a person who may not have proved anything. ``path`` is kept as it was
    sent, which costs nothing; ``shown`` makes a printable text of it.
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
    """Return the addresses that limits count as one: an IPv4 address, or the /64 of an IPv6 address."""
    return group_of(current().address)


def enter(request: HttpRequest) -> RequestContext:
    """Make a context for a request and make it the current one. The id is never taken from the client."""
    context = RequestContext(urandom(16).hex(), address_of(request), path=request.path)
    _current.set(context)
    return context


def name_application(client_id: str) -> None:
    """Note which application the request speaks for, so that a refusal is recorded under it."""
    _current.set(_current.get()._replace(client_id=client_id))


def prove_application(*, is_self_registered: bool) -> None:
    """Note that the request has shown a secret or a token of the application that it names.

    For an application that registered itself this proves nothing, because anybody can register many.
    """
    _current.set(_current.get()._replace(is_proven=not is_self_registered))


def name_grant(grant_uuid: UUID, client_id: str = "", *, is_proven: bool = False) -> None:
    """Note the grant of the token that was sent, and the application that the token proves, if any."""
    # Written out, because every token check passes here and _replace() takes three times as long.
    now = _current.get()
    named = RequestContext(
        now.request_id, now.address, client_id, is_proven, grant_uuid, now.path, now.user_ref
    )
    _current.set(named)


def name_person(user: User) -> None:
    """Note whose login or second factor the request tries. Nothing has been proved yet."""
    _current.set(_current.get()._replace(user_ref=str(user.pk)))


def shown(path: str) -> str:
    """Return a path or URI in printable ASCII, with a star in place of each secret of this site.

    A path may contain any character, and PostgreSQL stores no NUL.
    """
    return conf.settings().secret_format.hidden_in(iri_to_uri(path.encode(errors="replace").decode()))


def address_of(request: HttpRequest) -> Address | None:
    """Return the client's address, or None if it is unknown. Only the site's trusted proxies are believed."""
    return client_address(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        conf.settings().trusted_proxies,
    )
