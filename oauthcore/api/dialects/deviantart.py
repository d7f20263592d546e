"""DeviantArt's dialect: the same flows at the addresses of its clients. Each answer has a ``status``."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.drf.authentication import authenticate
from oauthcore.api.oauth.endpoints import client_of
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.proofs import sent_proof
from oauthcore.api.wire.requests import body_parameters, query_parameters
from oauthcore.api.wire.responses import json_response, token_response
from oauthcore.flows.dialects.get_credentials import issue_by_get
from oauthcore.flows.dialects.revoke_all import revoke_all
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.authorization_code import AUTHORIZATION_CODE
from oauthcore.flows.oauth.grants.client_credentials import CLIENT_CREDENTIALS
from oauthcore.flows.oauth.key_binding import with_proof
from oauthcore.models import Issued
from oauthcore.rules.errors.oauth import MethodNotAllowed
from oauthcore.rules.errors.resources import NoTokenToCheck
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.wire.parameters import SECRETS, Parameters, as_boolean

#: The parameters that revocation reads.
REVOKE = frozenset([*client_credentials.PARAMETERS, "token", "token_type_hint", "revoke_refresh_only"])
_SUCCESS = {"status": "success"}

_endpoint = partial(json_endpoint, beside_errors={"status": "error"})


@_endpoint("GET", "HEAD", "POST")
def token(request: HttpRequest) -> HttpResponseBase:
    """Issue tokens. GET is for client credentials of legacy applications that staff allow to use it."""
    issued = _issued_by_post(request) if request.method == "POST" else _issued_by_get(request)
    return token_response(issued, _SUCCESS)


@_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponseBase:
    """End all that the person of a token has allowed its application."""
    parameters = body_parameters(request, REVOKE)
    refresh_only = as_boolean(
        parameters.get("revoke_refresh_only"), "revoke_refresh_only", takes_digits=False
    )
    client = _client_if_named(request, parameters)
    revoke_all(parameters.require_secret("token"), client=client, refresh_only=refresh_only)
    return json_response({"success": True})


@_endpoint("GET", "HEAD", "POST", challenge="Bearer")
def placebo(request: HttpRequest) -> HttpResponseBase:
    """Tell whether a token is live: any token, with any scopes."""
    if authenticate(request) is None:
        raise NoTokenToCheck("no token was sent")
    if request.method == "POST":
        body_parameters(request, ("access_token",))
    return json_response(_SUCCESS)


def _issued_by_post(request: HttpRequest) -> Issued:
    parameters = body_parameters(request, *grant_types.parameters_read())
    grant_type = grant_types.find(parameters.get("grant_type"))
    client = with_proof(client_of(request, parameters, grant_type), sent_proof(request))
    if grant_type is AUTHORIZATION_CODE:
        parameters.require("redirect_uri")
    return grant_types.exchange(grant_type, client, parameters)


def _issued_by_get(request: HttpRequest) -> Issued:
    known, several = grant_types.parameters_read()
    parameters = query_parameters(request, known | several, secret=SECRETS).refuse_repeated()
    if parameters.get("grant_type") != CLIENT_CREDENTIALS.name:
        raise MethodNotAllowed("only client credentials may be asked for by GET", allowed=("POST",))
    client = client_of(request, parameters, CLIENT_CREDENTIALS)
    return issue_by_get(client, parameters, path=request.path)


def _client_if_named(request: HttpRequest, parameters: Parameters) -> Client | None:
    is_named = client_credentials.are_sent(request.META.get("HTTP_AUTHORIZATION"), parameters)
    return client_of(request, parameters) if is_named else None
