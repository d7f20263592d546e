"""The server as Authlib's documentation builds it: grants, PKCE, introspection and revocation."""

from __future__ import annotations

from typing import Any

from authlib.integrations.django_oauth2 import (
    AuthorizationServer,
    BearerTokenValidator,
    ResourceProtector,
    RevocationEndpoint,
)
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from django.contrib.auth import authenticate

from benchmarks.field.peers.authlib.models import Client, Code, Token

METHODS = ["client_secret_post", "client_secret_basic"]


class AuthorizationCode(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A code, with PKCE."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def save_authorization_code(self, code: str, request: Any) -> Code:
        created: Code = Code.objects.create(
            user=request.user,
            client_id=request.client.client_id,
            code=code,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            code_challenge=request.payload.data["code_challenge"],
            code_challenge_method=request.payload.data["code_challenge_method"],
        )
        return created

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        found = Code.objects.filter(code=code, client_id=client.client_id).first()
        return found if found and not found.is_expired() else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        authorization_code.delete()

    def authenticate_user(self, authorization_code: Code) -> Any:
        return authorization_code.user


class Refresh(grants.RefreshTokenGrant):  # type: ignore[misc]
    """A refresh token that is rotated."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Token | None:
        found = Token.objects.filter(refresh_token=refresh_token).first()
        return found if found and not found.is_revoked() else None

    def authenticate_user(self, refresh_token: Token) -> Any:
        return refresh_token.user

    def revoke_old_credential(self, refresh_token: Token) -> None:
        refresh_token.revoked = True
        refresh_token.save()


class Password(grants.ResourceOwnerPasswordCredentialsGrant):  # type: ignore[misc]
    """A person's password."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_user(self, username: str, password: str) -> Any:
        return authenticate(username=username, password=password)


class ClientCredentials(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """An application for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """RFC 7009."""

    CLIENT_AUTH_METHODS = METHODS


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """RFC 7662: any client may ask, as there is one site."""

    CLIENT_AUTH_METHODS = METHODS

    def query_token(self, token_string: str, token_type_hint: str | None) -> Token | None:
        found: Token | None = Token.objects.filter(access_token=token_string).first()
        return found or Token.objects.filter(refresh_token=token_string).first()

    def check_permission(self, token: Token, client: Client, request: Any) -> bool:
        return True

    def introspect_token(self, token: Token) -> dict[str, Any]:
        return {
            "active": True,
            "client_id": token.client_id,
            "token_type": token.token_type,
            "scope": token.get_scope(),
            "sub": str(token.user_id),
            "exp": token.issued_at + token.expires_in,
            "iat": token.issued_at,
        }


server = AuthorizationServer(Client, Token)
server.register_grant(AuthorizationCode, [CodeChallenge(required=True)])
for _grant in (Refresh, Password, ClientCredentials):
    server.register_grant(_grant)
for _endpoint in (Revocation, Introspection):
    server.register_endpoint(_endpoint)

require_oauth = ResourceProtector()
require_oauth.register_token_validator(BearerTokenValidator(Token))
