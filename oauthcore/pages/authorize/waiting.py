"""Authorization requests that wait while the person logs in.

The return address after the login contains the request if login pages accept an address of that length.
Otherwise the session keeps the request. The session also keeps when credentials were requested again
(``prompt=login``, ``force_login``, "log in as somebody else") and for which request. A later login in that
session is the answer (OpenID Connect Core §3.1.2.1).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import asdict, dataclass
from hashlib import sha256
from urllib.parse import unquote_plus, urlsplit

from django.contrib.sessions.backends.signed_cookies import SessionStore as CookieSession
from django.http import HttpRequest
from django.utils.http import urlencode

from oauthcore.flows.oauth.authorization_parameters import PARAMETERS, SEVERAL
from oauthcore.flows.passwords.password_tries import count_waiting
from oauthcore.recording.login_sessions import LOGGED_IN_AT, WAITING
from oauthcore.rules.wire.parameters import parse_urlencoded

_NAME = "oauthcore_waiting"
_SWITCH = "oauthcore_switch"

#: The most requests of a session. It keeps the newest, and needs one for each tab.
MOST = 5
#: The largest request, and the largest sum of all requests of a session.
LONGEST = 65_536
LONGEST_TOGETHER = 131_072

#: Django does not accept a return address of more than 2,048 characters. Login pages quote it in their own
#: addresses, where each special character takes three.
_LONGEST_IN_ADDRESS = 1500

#: For how many seconds a login counts as the answer to a request for credentials.
_FRESH_SECONDS = 600


class TooLong(Exception):
    """The session cannot hold the request until the login."""


@dataclass(frozen=True)
class Waiting:
    """A request that waits. ``query`` is empty if the address contains it; ``of`` is its digest."""

    id: str
    of: str
    query: str
    asked_at: float | None

    def is_answered(self, request: HttpRequest) -> bool:
        """Return whether credentials were given in this session after the request asked for them."""
        given_at = request.session.get(LOGGED_IN_AT, 0)
        if self.asked_at is None or given_at < self.asked_at:
            return False
        return bool(time.time() - given_at < _FRESH_SECONDS)


def query_of(request: HttpRequest) -> str | None:
    """Return the authorization request from the address or the session, or None if it is gone.

    Raises InvalidRequest for an address that cannot be read.
    """
    address = request.META.get("QUERY_STRING", "")
    parse_urlencoded(address, ())
    return _query_of(request, address)


def query_at(request: HttpRequest, url: str) -> str | None:
    """Return the authorization request that an address on this site belongs to, or None if it is gone."""
    return _query_of(request, urlsplit(url).query)


def _query_of(request: HttpRequest, address: str) -> str | None:
    query, name = known_part(address), _value_in(address, _NAME)
    if query or not name:
        return query
    return next((one.query for one in _all(request) if one.id == name and one.query), None)


def found(request: HttpRequest, query: str) -> Waiting | None:
    """Return what the session knows of this request, if the address says that it waited before."""
    name = _value_in(request.META.get("QUERY_STRING", ""), _NAME)
    return next((one for one in _all(request) if one.id == name and one.of == _digest(query)), None)


def is_switch(request: HttpRequest) -> bool:
    """Return whether the person wants to log in as somebody else."""
    return bool(_value_in(request.META.get("QUERY_STRING", ""), _SWITCH))


def switch_path(request: HttpRequest, query: str) -> str:
    """Return the address at which the person continues a request as somebody else."""
    return f"{request.path}?{query}&{_SWITCH}=1"


def keep(request: HttpRequest, query: str, *, asks_again: bool) -> str:
    """Let a request wait for a login; return the address to return to.

    Raises TooLong, and Throttled if an address opens too many sessions for waiting requests.
    """
    in_address = f"{request.path}?{query}"
    fits = len(urlencode({"next": in_address})) <= _LONGEST_IN_ADDRESS
    if fits and not asks_again:
        return in_address
    if not fits and (isinstance(request.session, CookieSession) or len(query) > LONGEST):
        raise TooLong
    if request.session.session_key is None and not isinstance(request.session, CookieSession):
        count_waiting()
    one = Waiting(
        secrets.token_urlsafe(9), _digest(query), "" if fits else query, time.time() if asks_again else None
    )
    request.session[WAITING] = [asdict(each) for each in _within_bounds([*_all(request), one])]
    name = urlencode({_NAME: one.id})
    return f"{in_address}&{name}" if fits else f"{request.path}?{name}"


def known_part(query: str) -> str:
    """Return the parameters of a query that belong to the authorization request, as they were sent."""
    known = PARAMETERS | SEVERAL
    return "&".join(part for part in query.split("&") if unquote_plus(part.partition("=")[0]) in known)


def _value_in(query: str, wanted: str) -> str:
    """Return the value of one of our parameters, or an empty text. It needs no decoding."""
    parts = [part.partition("=") for part in query.split("&")]
    return next((value for name, _, value in parts if name == wanted), "")


def _all(request: HttpRequest) -> list[Waiting]:
    return [Waiting(**one) for one in request.session.get(WAITING, [])]


def _within_bounds(every: list[Waiting]) -> list[Waiting]:
    """Return the newest requests, as many as a session may keep."""
    kept: list[Waiting] = []
    for one in reversed(every[-MOST:]):
        if sum(len(each.query) for each in [*kept, one]) > LONGEST_TOGETHER:
            break
        kept.insert(0, one)
    return kept


def _digest(query: str) -> str:
    return sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def carry(request: HttpRequest) -> None:
    """Keep the waiting requests during a login. Django empties the session when another person logs in."""
    if kept := request.session.get(WAITING):
        vars(request)[WAITING] = kept
