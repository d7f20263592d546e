"""The OAuth endpoints for programs: token, revoke, introspect (RFC 6749 §3.2, RFC 7009, RFC 7662)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.requests import body_parameters
from oauthcore.api.wire.responses import json_response, token_response
from oauthcore.flows.oauth import introspection, revocation
from oauthcore.flows.oauth.client_authentication import Client, authenticate
from oauthcore.flows.oauth.grants import exchange
from oauthcore.models import GrantType, Issued
from oauthcore.rules.errors.oauth import UnsupportedGrantType
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.wire.parameters import Parameters

CLIENT_PARAMETERS = frozenset(["client_id", "client_secret", "client_assertion", "client_assertion_type"])
TOKEN_PARAMETERS = CLIENT_PARAMETERS | frozenset(
    ["grant_type", "code", "redirect_uri", "code_verifier", "refresh_token", "scope"]
)
_ABOUT_A_TOKEN = CLIENT_PARAMETERS | frozenset(["token", "token_type_hint"])


@json_endpoint("POST")
def token(request: HttpRequest) -> HttpResponseBase:
    """Issue tokens for whatever the grant type trades (RFC 6749 §3.2)."""
    parameters = body_parameters(request, TOKEN_PARAMETERS)
    return token_response(issued_for(client_of(request, parameters), parameters))


@json_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponseBase:
    """End what a token of the caller belongs to (RFC 7009)."""
    parameters = body_parameters(request, _ABOUT_A_TOKEN)
    revocation.revoke(client_of(request, parameters), parameters.get("token"))
    return json_response({})


@json_endpoint("POST")
def introspect(request: HttpRequest) -> HttpResponseBase:
    """Tell a resource server about a token (RFC 7662)."""
    parameters = body_parameters(request, _ABOUT_A_TOKEN)
    return json_response(introspection.introspect(client_of(request, parameters), parameters.get("token")))


def client_of(request: HttpRequest, parameters: Parameters) -> Client:
    """Return the application that a request proves to come from; raise OAuthError where it proves none."""
    credentials = client_credentials.parse(request.META.get("HTTP_AUTHORIZATION"), parameters)
    for_itself = parameters.get("grant_type") == GrantType.CLIENT_CREDENTIALS
    return authenticate(credentials, for_itself=for_itself)


def issued_for(client: Client, parameters: Parameters) -> Issued:
    """Issue what the grant type trades the parameters for; raise OAuthError where it is refused."""
    exchange_it = _GRANT_TYPES.get(parameters.require("grant_type"))
    if exchange_it is None:
        raise UnsupportedGrantType("the grant type is not known here")
    return exchange_it(client, parameters)


def _exchange_code(client: Client, parameters: Parameters) -> Issued:
    return exchange.exchange_code(
        client,
        code=parameters.require("code"),
        redirect_uri=parameters.get("redirect_uri"),
        code_verifier=parameters.get("code_verifier"),
    )


def _exchange_refresh_token(client: Client, parameters: Parameters) -> Issued:
    return exchange.exchange_refresh_token(
        client, refresh_token=parameters.require("refresh_token"), scope=parameters.get("scope")
    )


def _issue_client_credentials(client: Client, parameters: Parameters) -> Issued:
    return exchange.issue_client_credentials(client, scope=parameters.get("scope"))


_GRANT_TYPES: dict[str, Callable[[Client, Parameters], Issued]] = {
    GrantType.AUTHORIZATION_CODE.value: _exchange_code,
    GrantType.REFRESH_TOKEN.value: _exchange_refresh_token,
    GrantType.CLIENT_CREDENTIALS.value: _issue_client_credentials,
}
