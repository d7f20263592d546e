"""The OAuth endpoints for programs: token, revoke, introspect, device authorization and pushed requests."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase

from oauthcore.addresses import absolute
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.proofs import sent_proof
from oauthcore.api.wire.requests import body_parameters
from oauthcore.api.wire.responses import json_response, token_response
from oauthcore.flows.oauth import device_authorization, introspection, pushed_requests, revocation
from oauthcore.flows.oauth.authorization_parameters import SEVERAL
from oauthcore.flows.oauth.client_assertions import named_by
from oauthcore.flows.oauth.client_authentication import Client, authenticate
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.key_binding import with_proof
from oauthcore.flows.oauth.registration.metadata_documents import bring_up_to_date
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.wire.parameters import Parameters

#: The parameters of a request about one token.
ABOUT_A_TOKEN = frozenset([*client_credentials.PARAMETERS, "token", "token_type_hint"])


@json_endpoint("POST")
def token(request: HttpRequest) -> HttpResponseBase:
    """Issue tokens, as the grant type says: ``POST /oauth/token`` (RFC 6749 §3.2)."""
    parameters = body_parameters(request, *grant_types.parameters_read())
    grant_type = grant_types.find(parameters.get("grant_type"))
    client = with_proof(client_of(request, parameters, grant_type), sent_proof(request))
    return token_response(grant_types.exchange(grant_type, client, parameters))


@json_endpoint("POST")
def revoke(request: HttpRequest) -> HttpResponseBase:
    """End a token of the calling application: ``POST /oauth/revoke`` (RFC 7009)."""
    parameters = body_parameters(request, ABOUT_A_TOKEN)
    revocation.revoke(client_of(request, parameters), parameters.secret("token"))
    return json_response({})


@json_endpoint("POST")
def introspect(request: HttpRequest) -> HttpResponseBase:
    """Describe a token to a resource server: ``POST /oauth/introspect`` (RFC 7662)."""
    parameters = body_parameters(request, ABOUT_A_TOKEN)
    return json_response(introspection.introspect(client_of(request, parameters), parameters.secret("token")))


@json_endpoint("POST", switch="DEVICE_AUTHORIZATION")
def begin_device_authorization(request: HttpRequest) -> HttpResponseBase:
    """Give a device its codes: ``POST /oauth/device_authorization`` (RFC 8628 §3.1, §3.2)."""
    parameters = body_parameters(request, device_authorization.PARAMETERS, device_authorization.SEVERAL)
    begun = device_authorization.begin(asking_client_of(request, parameters), parameters)
    page = absolute("connect_device")
    return json_response(
        {
            "device_code": begun.device_code.reveal(),
            "user_code": begun.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?{urlencode({'user_code': begun.user_code})}",
            "expires_in": begun.expires_in,
            "interval": begun.interval,
        }
    )


@json_endpoint("POST", switch="PUSHED_AUTHORIZATION_REQUESTS")
def push_authorization_request(request: HttpRequest) -> HttpResponseBase:
    """Store an authorization request and return its ``request_uri``: ``POST /oauth/par`` (RFC 9126 §2)."""
    parameters = body_parameters(request, pushed_requests.READ, SEVERAL)
    pushed = pushed_requests.push(asking_client_of(request, parameters), parameters, sent_proof(request))
    return json_response({"request_uri": pushed.request_uri, "expires_in": pushed.expires_in}, status=201)


def asking_client_of(request: HttpRequest, parameters: Parameters) -> Client:
    """Return the application of a request on which a person decides later.

    The metadata document of an unregistered client is read first. Raises OAuthError.
    """
    bring_up_to_date(named_by(client_credentials.parse(request.META.get("HTTP_AUTHORIZATION"), parameters)))
    return client_of(request, parameters)


def client_of(
    request: HttpRequest, parameters: Parameters, grant_type: TokenGrantType | None = None
) -> Client:
    """Return the application that sent a request. Raises OAuthError if it does not prove who it is."""
    credentials = client_credentials.parse(request.META.get("HTTP_AUTHORIZATION"), parameters)
    return authenticate(credentials, for_itself=grant_type is not None and grant_type.is_for_itself)
