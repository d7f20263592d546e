"""The tables that Authlib leaves to the site: clients, codes and tokens, with what its mixins ask."""

from __future__ import annotations

import time
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, TokenMixin
from django.contrib.auth.models import User
from django.db import models


def _now() -> int:
    return int(time.time())


class Client(models.Model, ClientMixin):  # type: ignore[misc]
    """An application: its secret is stored as it is."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=48, unique=True)
    client_secret = models.CharField(max_length=48)
    redirect_uri = models.TextField()
    scope = models.TextField()
    grant_types = models.TextField()

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        allowed = self.scope.split()
        return " ".join(one for one in scope.split() if one in allowed)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client_secret == client_secret

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_post", "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.grant_types.split()


class Code(models.Model, AuthorizationCodeMixin):  # type: ignore[misc]
    """An authorization code."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=48, db_index=True)
    code = models.CharField(max_length=120, unique=True)
    redirect_uri = models.TextField()
    scope = models.TextField()
    code_challenge = models.TextField()
    code_challenge_method = models.CharField(max_length=10)
    auth_time = models.IntegerField(default=_now)

    def is_expired(self) -> bool:
        return self.auth_time + 300 < time.time()

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


class Token(models.Model, TokenMixin):  # type: ignore[misc]
    """An access token and the refresh token that came with it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    client_id = models.CharField(max_length=48, db_index=True)
    token_type = models.CharField(max_length=40)
    access_token = models.CharField(max_length=255, unique=True)
    refresh_token = models.CharField(max_length=255, db_index=True)
    scope = models.TextField()
    revoked = models.BooleanField(default=False)
    issued_at = models.IntegerField(default=_now)
    expires_in = models.IntegerField(default=0)

    def check_client(self, client: Client) -> bool:
        return self.client_id == client.client_id

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return self.expires_in

    def is_expired(self) -> bool:
        return self.issued_at + self.expires_in < time.time()

    def is_revoked(self) -> bool:
        return self.revoked

    def get_user(self) -> Any:
        return self.user
