"""Rows that tests begin with, made as the product makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import Application, Device, Grant, Token
from oauthcore.models.issuing import issue, new_chain
from oauthcore.models.password_marks import password_mark
from oauthcore.rules.tokens.secrets import SecretKind

PASSWORD = "a long walk by the sea"
REDIRECT_URI = "https://client.example/cb"
EVERY_GRANT_TYPE = ["authorization_code", "refresh_token", "client_credentials"]


class UserFactory(factory.django.DjangoModelFactory[Any]):
    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"person{number}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@people.example")
    password = factory.django.Password(PASSWORD)


@dataclass(frozen=True)
class Registered:
    """An application with its secret in clear, which only the tests still know."""

    application: Application
    client_secret: str | None

    @property
    def client_id(self) -> str:
        return self.application.client_id

    @property
    def credentials(self) -> dict[str, str]:
        """What it sends in the body to say who it is."""
        secret = {} if self.client_secret is None else {"client_secret": self.client_secret}
        return {"client_id": self.client_id, **secret}


def register(**values: Any) -> Registered:
    """Register an application: confidential, every grant type, scopes ``read`` and ``api.images.read``."""
    is_public = values.get("client_type") == Application.ClientType.PUBLIC
    values = {
        "name": "Photo Printer",
        "client_type": Application.ClientType.CONFIDENTIAL,
        "redirect_uris": [REDIRECT_URI],
        "grant_types": EVERY_GRANT_TYPE[:2] if is_public else EVERY_GRANT_TYPE,
        "scopes": ["read", "api.images.read"],
        **values,
    }
    return Registered(*Application.objects.register(**values))


def register_public(**values: Any) -> Registered:
    """Register a public application."""
    return register(client_type=Application.ClientType.PUBLIC, **values)


def open_grant(
    *, user: Any = None, application: Application | None = None, account_uuid: Any = None, **values: Any
) -> Grant:
    """Open the grant of a person who approved an application, both made up where they are not given."""
    scopes = frozenset(values.pop("scopes", ["read"]))
    return Grant.objects.create(
        kind=Grant.Kind.APPLICATION,
        user=(user := user or UserFactory()),
        application=application or _application_with(scopes),
        account_uuid=account_uuid,
        password_mark=password_mark(user),
        scopes=scopes,
        **values,
    )


def _application_with(scopes: frozenset[str]) -> Application:
    application = register().application
    application.scopes = frozenset(application.scopes) | scopes  # the site need not know them
    application.save()
    return application


def device_session(user: Any, *, label: str = "Phone", **values: Any) -> Grant:
    """Open the session of a person who signed in on a device."""
    now = timezone.now()
    grant = Grant.new_session(user=user, label=label, now=now)
    for name, value in values.items():
        setattr(grant, name, value)
    grant.save()
    Device.objects.create(grant=grant, platform="ios", address="192.0.2.7")
    Token.objects.create(**new_chain(grant, now=now)[1])
    return grant


def sign_in_token(user: Any, account_uuid: Any) -> str:
    """Issue the access token of a person who signed in on a device, for one account, and return its text."""
    issued = issue(
        device_session(user),
        scopes=frozenset(),
        account_uuid=account_uuid,
        now=timezone.now(),
    )
    return issued.access_token.reveal()


def bearer(
    *,
    user: Any = None,
    application: Application | None = None,
    account_uuid: Any = None,
    scopes: Any = ("read",),
    key_thumbprint: bytes | None = None,
    **values: Any,
) -> str:
    """Issue an access token under a new grant and return its text."""
    grant = open_grant(
        user=user, application=application, account_uuid=account_uuid, scopes=frozenset(scopes), **values
    )
    issued = issue(
        grant,
        scopes=frozenset(scopes),
        account_uuid=account_uuid,
        now=timezone.now(),
        key_thumbprint=key_thumbprint,
    )
    return issued.access_token.reveal()


def service_token(account_uuid: Any, *, scopes: Any = ("api.images.read",), **values: Any) -> str:
    """Make a service token as staff would, and return its text."""
    grant = Grant.objects.create(
        kind=Grant.Kind.SERVICE, account_uuid=account_uuid, label="Nightly export", scopes=scopes, **values
    )
    secret = conf.settings().secret_format.make(SecretKind.SERVICE)
    Token.objects.create(
        kind=Token.Kind.ACCESS,
        grant=grant,
        digest=secret.digest,
        hint=secret.hint,
        scopes=scopes,
        account_uuid=account_uuid,
    )
    return secret.reveal()
