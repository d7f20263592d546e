"""django-oauth-toolkit with its defaults, its client secrets stored hashed (as installed) or as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from secrets import token_urlsafe

from django.contrib.auth.models import User
from django.utils import timezone
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import Application, Grant

from benchmarks.products import CODE_CHALLENGE, REDIRECT_URI, Credentials


class DjangoOAuthToolkit:
    """The rival."""

    middleware: list[str] = []
    protected_path = "/rival/protected"
    token_path = "/rival/token/"
    introspection_path = "/rival/introspect/"

    def __init__(self, name: str, users: Iterator[User], *, hashed: bool) -> None:
        self.name = name
        self._users = users
        self._hashed = hashed
        self.web_application = self.register(Application.GRANT_AUTHORIZATION_CODE, redirect_uris=REDIRECT_URI)
        self.machine_application = self.register(Application.GRANT_CLIENT_CREDENTIALS)
        self.resource_server = self.register(Application.GRANT_CLIENT_CREDENTIALS)
        self._web = Application.objects.get(client_id=self.web_application.client_id)

    def register(self, grant_type: str, *, redirect_uris: str = "") -> Credentials:
        secret = generate_client_secret()
        application = Application.objects.create(
            name=f"Benchmark ({grant_type})",
            client_type=Application.CLIENT_CONFIDENTIAL,
            authorization_grant_type=grant_type,
            redirect_uris=redirect_uris,
            client_secret=secret,
            hash_client_secret=self._hashed,
        )
        return Credentials(application.client_id, secret)

    def issue_codes(self, count: int) -> list[str]:
        codes = [token_urlsafe(24) for _ in range(count)]
        Grant.objects.bulk_create(
            Grant(
                user=next(self._users),
                application=self._web,
                code=code,
                expires=timezone.now() + timedelta(seconds=60),
                redirect_uri=REDIRECT_URI,
                scope="read",
                code_challenge=CODE_CHALLENGE,
                code_challenge_method=Grant.CODE_CHALLENGE_S256,
            )
            for code in codes
        )
        return codes
