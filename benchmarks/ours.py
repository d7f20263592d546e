"""oauthcore with its defaults: middleware, batched usage counts and limits are on, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from benchmarks.products import CODE_CHALLENGE, REDIRECT_URI, Credentials
from oauthcore import conf
from oauthcore.models import Application, AuthorizationCode, Grant, GrantType
from oauthcore.recording.writing import BATCHES
from oauthcore.rules.tokens.secrets import Secret, SecretKind


class OAuthCore:
    """Our side."""

    middleware = ["oauthcore.middleware.RequestIdMiddleware"]
    protected_path = "/ours/protected"
    token_path = "/oauth/token"
    introspection_path = "/oauth/introspect"

    def __init__(self, name: str, users: Iterator[User]) -> None:
        self.name = name
        self._users = users
        self._web, self.web_application = _register(
            GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN, redirect_uris=(REDIRECT_URI,)
        )
        _, self.machine_application = _register(GrantType.CLIENT_CREDENTIALS)
        _, self.resource_server = _register(GrantType.CLIENT_CREDENTIALS, may_introspect=True)

    def issue_codes(self, count: int) -> list[str]:
        with transaction.atomic():
            return [self._issue_code(next(self._users)).reveal() for _ in range(count)]

    def _issue_code(self, user: User) -> Secret:
        now = timezone.now()
        grant = Grant.open_for_person(
            application=self._web,
            user=user,
            scopes=frozenset({"read"}),
            account_uuid=None,
            now=now,
        )
        code = conf.settings().secret_format.make(SecretKind.CODE)
        AuthorizationCode.objects.create(
            grant=grant,
            digest=code.digest,
            redirect_uri=REDIRECT_URI,
            code_challenge=CODE_CHALLENGE,
            code_challenge_method="S256",
            created_at=now,
            expires_at=now + timedelta(seconds=60),
        )
        return code


def write_counts() -> None:
    """Write what is counted in memory while there still is a database; at the process's end there is none."""
    for batch in BATCHES:
        batch.flush()


def _register(
    *grant_types: GrantType, redirect_uris: tuple[str, ...] = (), may_introspect: bool = False
) -> tuple[Application, Credentials]:
    application, secret = Application.objects.register(
        name="Benchmark",
        client_type=Application.ClientType.CONFIDENTIAL,
        grant_types=frozenset(grant_types),
        redirect_uris=redirect_uris,
        scopes=frozenset({"read", "write"}),
        may_introspect=may_introspect,
    )
    assert secret is not None
    return application, Credentials(application.client_id, secret)
