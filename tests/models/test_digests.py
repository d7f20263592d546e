"""Digests: every column that holds one takes 32 raw bytes and nothing else, whoever writes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone

from oauthcore.models import (
    AnsweredPage,
    AuthorizationCode,
    ClientKey,
    ClientSecret,
    DeviceAuthorization,
    DynamicRegistration,
    Grant,
    InitialAccessToken,
    KnownAddress,
    LimitWindow,
    MetadataDocument,
    MFAChallenge,
    Passkey,
    PushedRequest,
    RecoveryCode,
    RelyingPartySession,
    Token,
    TOTPFactor,
    UsedIdentifier,
)
from oauthcore.models.fields import DigestField
from tests.support.factories import UserFactory, open_grant, register

pytestmark = pytest.mark.django_db

MARK = bytes(range(32))


def _token(**values: Any) -> Any:
    return Token.objects.create(**{"kind": "access", "grant": open_grant(), "digest": MARK, **values})


def _code(digest: bytes, **values: Any) -> Any:
    expires_at = timezone.now() + timedelta(60)
    grant = open_grant()
    return AuthorizationCode.objects.create(grant=grant, digest=digest, expires_at=expires_at, **values)


def _secret(digest: bytes) -> Any:
    return ClientSecret.objects.create(application=register().application, digest=digest)


def _page(digest: bytes) -> Any:
    return AnsweredPage.objects.create(digest=digest, expires_at=timezone.now())


def _window(digest: bytes) -> Any:
    return LimitWindow.objects.create(key=digest, count=1, ends_at=timezone.now())


def _challenge(**values: Any) -> Any:
    digests = {"digest": MARK, "password_mark": MARK, **values}
    expires_at = timezone.now() + timedelta(60)
    return MFAChallenge.objects.create(user=UserFactory(), channel="app", expires_at=expires_at, **digests)


def _recovery_code(digest: bytes) -> Any:
    factor = TOTPFactor.objects.create(user=UserFactory(), seed=b"encrypted")
    return RecoveryCode.objects.create(factor=factor, digest=digest)


def _identifier(digest: bytes) -> Any:
    return UsedIdentifier.objects.create(digest=digest, expires_at=timezone.now())


def _client_key(digest: bytes) -> Any:
    return ClientKey.objects.create(
        application=register().application, thumbprint=digest, name="key", jwk="{}"
    )


def _soon() -> datetime:
    return timezone.now() + timedelta(60)


def _initial_access_token(digest: bytes) -> Any:
    return InitialAccessToken.objects.create(label="Team", digest=digest, hint="x", expires_at=_soon())


def _registration(digest: bytes) -> Any:
    application = register().application
    return DynamicRegistration.objects.create(application=application, digest=digest, hint="x")


def _relying_party_session(digest: bytes) -> Any:
    application, user = register().application, UserFactory()
    return RelyingPartySession.objects.create(
        application=application, user=user, browser=digest, subject=uuid4()
    )


def _pushed_request(digest: bytes) -> Any:
    application = register().application
    return PushedRequest.objects.create(
        application=application, digest=digest, parameters="", expires_at=_soon()
    )


def _device_authorization(**values: Any) -> Any:
    digests = {"digest": MARK, "user_code_digest": MARK, **values}
    times = {"next_poll_at": timezone.now(), "expires_at": _soon()}
    application = register().application
    return DeviceAuthorization.objects.create(application=application, interval=5, **times, **digests)


DIGESTS = {
    "DeviceAuthorization.digest": lambda digest: _device_authorization(digest=digest),
    "DeviceAuthorization.user_code_digest": lambda digest: _device_authorization(user_code_digest=digest),
    "DynamicRegistration.digest": _registration,
    "InitialAccessToken.digest": _initial_access_token,
    "PushedRequest.digest": _pushed_request,
    "ClientKey.thumbprint": _client_key,
    "MetadataDocument.digest": lambda digest: MetadataDocument.objects.create(digest=digest),
    "ClientSecret.digest": _secret,
    "AnsweredPage.digest": _page,
    "LimitWindow.key": _window,
    "UsedIdentifier.digest": _identifier,
    "RelyingPartySession.browser": _relying_party_session,
    "AuthorizationCode.digest": _code,
    "AuthorizationCode.key_thumbprint": lambda digest: _code(MARK, key_thumbprint=digest),
    "Grant.password_mark": lambda digest: Grant.objects.filter(pk=open_grant().pk).update(
        password_mark=digest
    ),
    "Token.digest": lambda digest: _token(digest=digest),
    "Token.turn": lambda digest: _token(kind="refresh", turn=digest),
    "Token.previous": lambda digest: _token(kind="refresh", turn=MARK, previous=digest),
    "Token.key_thumbprint": lambda digest: _token(key_thumbprint=digest),
    "MFAChallenge.digest": lambda digest: _challenge(digest=digest),
    "MFAChallenge.password_mark": lambda digest: _challenge(password_mark=digest),
    "RecoveryCode.digest": _recovery_code,
    "KnownAddress.digest": lambda digest: KnownAddress.objects.create(digest=digest, last_at=timezone.now()),
    "Passkey.digest": lambda digest: Passkey.objects.create(
        user=UserFactory(), name="Key", digest=digest, credential=b"any"
    ),
}


def test_every_digest_is_named_here():
    models = apps.get_app_config("oauthcore").get_models()

    assert DIGESTS.keys() == {
        f"{model.__name__}.{field.name}"
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, DigestField) and not model._meta.proxy
    }


@pytest.mark.parametrize("column", DIGESTS)
def test_a_digest_is_taken(column):
    assert DIGESTS[column](MARK)


@pytest.mark.parametrize("column", DIGESTS)
@pytest.mark.parametrize(
    "text", [b"ref_api_access_" + b"A" * 49, MARK[:31], MARK + b"\x00", MARK.hex().encode(), b""]
)
def test_a_digest_is_32_raw_bytes_and_never_a_secret_in_clear(column, text):
    if connection.vendor == "mysql" and len(text) < len(MARK):
        pytest.skip("binary(32) fills up what is shorter")
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():  # MariaDB: too long
        DIGESTS[column](text)
