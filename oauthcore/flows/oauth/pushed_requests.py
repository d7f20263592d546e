"""Pushed requests: an application sends its request in advance, and gets a ``request_uri`` (RFC 9126)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from django.utils import timezone

from oauthcore import conf
from oauthcore.flows.oauth.authorization_parameters import PARAMETERS, SEVERAL, read
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.begun_requests import count_begun
from oauthcore.flows.oauth.client_authentication import Client, named
from oauthcore.flows.oauth.consent.shown_page import PageNotValid
from oauthcore.flows.oauth.redirect_target import RedirectTarget
from oauthcore.flows.tokens.proofs import KeyProof, ShownProof
from oauthcore.limiter import Limit
from oauthcore.models import Application, PushedRequest
from oauthcore.models.database import retried
from oauthcore.rules.errors.dpop import InvalidDPoPProof
from oauthcore.rules.errors.oauth import InvalidRequest, RequestTooLarge, UnauthorizedClient
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.oauth.dpop import render_thumbprint
from oauthcore.rules.tokens.secrets import digest_of
from oauthcore.rules.wire.parameters import Parameters

#: The prefix of each ``request_uri`` of ours (RFC 9126 §2.2).
PREFIX = "urn:ietf:params:oauth:request_uri:"

#: The parameters that the endpoint reads.
READ = PARAMETERS | frozenset(client_credentials.PARAMETERS)

#: The most characters of a stored request, as a query string.
LONGEST = 16_384

_OBJECTS = {"request", "request_uri"}


@dataclass(frozen=True)
class Pushed:
    """The answer: the ``request_uri`` and its lifetime."""

    request_uri: str = field(repr=False)
    expires_in: int


def push(client: Client, parameters: Parameters, shown: ShownProof | None = None) -> Pushed:
    """Check a request as the authorize page does, and store it (RFC 9126 §2.1, §2.2).

    A proof of possession binds the code to its key, as ``dpop_jkt`` does (RFC 9449 §10.1). Raises the errors
    of the authorize page, UnauthorizedClient for a legacy application, InvalidDPoPProof, RequestTooLarge, and
    Throttled for too many requests.
    """
    application = client.application
    if application.is_legacy:
        raise UnauthorizedClient("a legacy application pushed a request")
    if parameters.get("request_uri") is not None:
        raise InvalidRequest("A pushed request has no request_uri.")
    values = {**parameters.values, "client_id": application.client_id}
    proof = shown.check() if shown is not None and conf.settings().DPOP else None
    if proof is not None:
        values["dpop_jkt"] = _key_of(proof, parameters.get("dpop_jkt"))
    own = Parameters(values, lists=parameters.lists)
    AuthorizationRequest.parse(RedirectTarget.find(own), own, is_pushed=True)
    text = _as_query(own)
    if len(text) > LONGEST:
        raise RequestTooLarge(f"The request has more than {LONGEST} characters.")
    settings = conf.settings()
    count_begun(
        application,
        if_proven=Limit("pushed-application", *settings.PUSHED_REQUEST_APPLICATION_LIMIT),
        by_address=Limit("pushed-address", *settings.PUSHED_REQUEST_LIMIT),
    )
    if proof is not None:
        proof.use()  # after the limit, so that strangers cannot fill the memory of used proofs
    return _keep(application, text)


def _key_of(proof: KeyProof, named_key: str | None) -> str:
    """Return the thumbprint of the key that is shown; refuse a request that names another one."""
    thumbprint = render_thumbprint(proof.thumbprint)
    if named_key not in (None, thumbprint):
        raise InvalidDPoPProof("dpop_jkt names another key than the proof in the DPoP header.")
    return thumbprint


def _as_query(parameters: Parameters) -> str:
    once = [(name, value) for name, value in parameters.values.items() if name in PARAMETERS - _OBJECTS]
    return urlencode([*once, *((name, one) for name in SEVERAL for one in parameters.items(name))])


@retried
def _keep(application: Application, text: str) -> Pushed:
    request_uri, now = PREFIX + secrets.token_urlsafe(32), timezone.now()
    lifetime = conf.settings().PUSHED_REQUEST_LIFETIME
    PushedRequest.objects.create(
        application=application,
        digest=digest_of(request_uri),
        parameters=text,
        created_at=now,
        expires_at=now + timedelta(seconds=lifetime),
    )
    return Pushed(request_uri, lifetime)


def find(parameters: Parameters) -> PushedRequest | None:
    """Return the live pushed request of ``request_uri`` and ``client_id``, or None (RFC 9126 §4).

    It is None too if the request belongs to another application, or the ``request_uri`` is not ours.
    """
    request_uri, client_id = parameters.get("request_uri"), parameters.get("client_id")
    if not is_named(parameters) or request_uri is None or client_id is None:
        return None
    whose = {f"application__{name}": value for name, value in named(client_id).items()}
    found = PushedRequest.objects.filter(digest=digest_of(request_uri), **whose).first()
    return found if found is not None and found.is_live(timezone.now()) else None


def is_named(parameters: Parameters) -> bool:
    """Return whether ``request_uri`` has the form of a pushed request of ours."""
    is_on = conf.settings().PUSHED_AUTHORIZATION_REQUESTS
    return is_on and (parameters.get("request_uri") or "").startswith(PREFIX)


def open_named(parameters: Parameters) -> PushedRequest | None:
    """Return the pushed request of ``request_uri``, and open it; None without such a ``request_uri``.

    Raises PageNotValid if it is unknown, of another application, expired or answered before.
    """
    if not is_named(parameters):
        return None
    found = find(parameters)
    if found is None:
        raise PageNotValid("the request_uri is unknown, another application's, expired or was used before")
    found.open(now=timezone.now())
    return found


def in_full(parameters: Parameters) -> Parameters:
    """Return the parameters of the pushed request, if there is one; otherwise the given parameters."""
    found = find(parameters)
    return parameters if found is None else read(found.parameters)
