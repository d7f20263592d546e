"""The limits of a token under ASGI. They are checked before a body is read, and its bytes are counted.

The token is verified once, here, and passed on with the request to ``oauthcore.api.drf.authentication``.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.core.signals import request_finished
from django.http import HttpResponse

from oauthcore import conf, request_context
from oauthcore.api.drf.authentication import HANDED_ON, HandedOn
from oauthcore.api.wire import proofs
from oauthcore.api.wire.cors import share
from oauthcore.api.wire.counted_bodies import CountedBody
from oauthcore.api.wire.imported_tokens import imported_token_in
from oauthcore.api.wire.json_routes import beside_errors, view_of
from oauthcore.api.wire.proofs import bound_token_in, shown_proof
from oauthcore.api.wire.responses import error_response
from oauthcore.bodies import Cap, content_length, largest_body, says_what_is_too_large
from oauthcore.flows.tokens.proofs import ShownProof
from oauthcore.flows.tokens.verify import VerifiedToken, verify
from oauthcore.models.database import DATABASE_IS_DOWN
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import AddressNotAllowed
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire import bearer

if TYPE_CHECKING:
    from oauthcore.asgi import Application, Receive, Send

Scope = dict[str, Any]


@dataclass(frozen=True)
class _Found:
    """What is known before the body is read: a refusal, a token, or neither; and the largest body.

    ``cap`` is the smaller limit of token and view. ``is_left_to_view`` says that the view itself refuses a
    larger body. If the database did not answer, its error stands in place of the token.
    """

    refusal: OAuthError | None = None
    verified: VerifiedToken | Exception | None = None
    text: HiddenText | None = None
    cap: Cap | None = None
    declared: int = 0
    proof: ShownProof | None = None
    is_left_to_view: bool = False


_NOTHING = _Found()


async def limited(application: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer an HTTP request unless its token forbids it, and count the bytes of its body."""
    async with ThreadSensitiveContext():  # one thread, and so one connection, for this and for Django
        answer = _Answer(send)
        try:
            await _limited(application, _with_peer(scope), receive, answer)
        finally:
            if not answer.is_begun:  # the client has left, and Django has not sent request_finished
                await sync_to_async(request_finished.send)(ASGIRequest)


async def _limited(application: Application, scope: Scope, receive: Receive, answer: _Answer) -> None:
    found = await sync_to_async(_look)(scope)
    if found.refusal is not None:
        await _refuse(found.refusal, scope, answer.send)
        return
    scope = {**scope, HANDED_ON: HandedOn(found.text, found.verified)} if found.verified else {**scope}
    if found.proof is not None:
        scope[proofs.HANDED_ON] = found.proof
    body = CountedBody(
        receive, scope, cap=found.cap, declared=found.declared, is_left_to_view=found.is_left_to_view
    )
    await application(scope, body.receive, answer.send)
    if found.cap is not None and body.is_too_large and not answer.is_begun:
        await _refuse(found.cap.refusal, scope, answer.send)


class _Answer:
    """Sends the answer, and remembers whether it has begun."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.is_begun = False

    async def send(self, message: Mapping[str, Any]) -> None:
        self.is_begun = True
        await self._send(message)


def _with_peer(scope: Scope) -> Scope:
    """Return the scope without a client address that the server itself took from a header.

    uvicorn trusts X-Forwarded-For from 127.0.0.1 by default, or from everybody. Here only
    ``TRUSTED_PROXIES`` decides which proxies are trusted. After uvicorn's change the real peer is unknown. If
    the site names no proxy, the address is removed. Otherwise the peer counts as a proxy, and its address is
    the right-most hop. So the header is read once, by the rule of the site.
    """
    client = scope.get("client")
    if not client or not client[0]:
        return scope
    told = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    hops = [_host_and_port(hop.strip()) for value in told for hop in value.decode("latin-1").split(",")]
    if not any(host == client[0] for host, _ in hops):
        return scope
    if not conf.settings().trusted_proxies:
        return {**scope, "client": ("", 0)}
    host, port = client
    if port == 0:  # no peer has port 0: the server took the address from the header
        return {**scope, "client": (hops[-1][0], 0)}
    # A client can write its own address and port into the header.
    return {**scope, "client": ("", 0)} if (host, str(port)) in hops else scope


def _host_and_port(hop: str) -> tuple[str, str]:
    """Split a hop into host and port. Some proxies add a port."""
    if hop.startswith("["):
        host, _, rest = hop[1:].partition("]")
        return host, rest.removeprefix(":")
    host, colon, port = hop.partition(":")
    return (host, port) if colon and ":" not in port else (hop, "")


def _look(scope: Scope) -> _Found:
    """Verify the token in the header. Return a refusal that needs no body, or the largest body.

    All other faults of the token and the request are left to Django and the view.
    """
    try:
        request = ASGIRequest(scope, io.BytesIO())
    except UnicodeDecodeError:
        return _NOTHING
    request_context.enter(request)
    found = _with_view(_with_token(request), view_of(request))
    found = replace(found, declared=content_length(request))
    is_refused = found.refusal is not None or found.is_left_to_view
    if not is_refused and found.cap is not None and found.cap.is_past(found.declared):
        return replace(found, refusal=found.cap.refusal)
    return found


def _with_view(found: _Found, view: Any) -> _Found:
    """Return ``found`` with the limit of the view, if that is smaller than the limit of the token."""
    most = largest_body(view)
    of_token = found.cap
    if most is None or (of_token is not None and of_token.most < most):
        return found
    cap = of_token if of_token is not None and of_token.most == most else Cap(most)
    return replace(found, cap=cap, is_left_to_view=says_what_is_too_large(view))


def _with_token(request: ASGIRequest) -> _Found:
    try:
        text, proof = bearer.token_in(request.META.get("HTTP_AUTHORIZATION")), None
        if text is None and (text := bound_token_in(request)) is not None:
            proof = shown_proof(request)
        text = text or imported_token_in(request)
        if text is None or (proof is None and text.startswith("eyJ") and _is_offline(request)):
            return _NOTHING
        verified = verify(text, address=request_context.address_of(request), proof=proof)
    except AddressNotAllowed as refusal:
        return _Found(refusal)
    except DATABASE_IS_DOWN as error:  # the view raises it too, instead of waiting once more
        return _Found(None, error, text)
    except Exception:  # the account backend may raise any exception; the view will raise it again
        return _NOTHING
    most = verified.grant.max_request_bytes
    return _Found(None, verified, text, None if most is None else Cap(most, is_of_token=True), proof=proof)


def _is_offline(request: ASGIRequest) -> bool:
    """Return whether the view verifies JWTs without the database. Such tokens have no limits."""
    resources = conf.settings().resources
    return resources.has_offline and resources.is_offline(resources.of_path(request.path))


async def _refuse(refusal: OAuthError, scope: Scope, send: Send) -> None:
    response = await sync_to_async(_refused)(refusal, scope)
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
    await sync_to_async(request_finished.send)(ASGIRequest)


def _refused(refusal: OAuthError, scope: Scope) -> HttpResponse:
    events.note_refusal(refusal)
    request = ASGIRequest(scope, io.BytesIO())
    response = error_response(refusal, beside=beside_errors(request))
    share(request, response)
    response["Request-Id"] = request_context.current().request_id
    response["Content-Length"] = str(len(response.content))
    if scope.get("http_version") == "1.1" and any(name == b"expect" for name, _ in scope["headers"]):
        response["Connection"] = "close"  # the body was not asked for and may not come (RFC 9110 §10.1.1)
    return response
