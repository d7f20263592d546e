"""At rest: a copy of the database lets nobody act as anyone, for it holds no secret in clear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from pytest_django import Settings

from oauthcore.models import Token
from oauthcore.models.fields import DigestField
from oauthcore.recording.writing import BATCHES
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.factories import PASSWORD, UserFactory, service_token
from tests.support.oauth import VERIFIER, OAuthClient, me, with_person
from tests.support.reference_site.factories import AccountFactory
from tests.support.secrets import parse, random_of

pytestmark = pytest.mark.django_db

MODELS = list(apps.get_app_config("oauthcore").get_models())


def cells() -> Iterator[tuple[str, bytes]]:
    """Yield what every column of every row of ours holds, as the database gives it."""
    for model in MODELS:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            for row in cursor.fetchall():
                for column, value in zip(cursor.description, row, strict=True):
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{model.__name__}.{column[0]}", raw


def pieces(text: str, length: int = 8) -> Iterator[bytes]:
    for start in range(len(text) - length + 1):
        yield text[start : start + length].encode()


@pytest.fixture
def oauth() -> OAuthClient:
    return with_person(user=UserFactory())


@pytest.fixture(params=[0, 60], ids=["", "with a grace for refresh tokens"])
def issued(request: pytest.FixtureRequest, settings: Settings, oauth: OAuthClient) -> list[str]:
    """Have every secret issued that there is, use and misuse them, and return them."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REFRESH_TOKEN_GRACE": request.param}
    code, wasted = oauth.code(), oauth.code()
    first = oauth.redeem(code).json()
    second = oauth.refresh(first["refresh_token"]).json()
    own = oauth.token(grant_type="client_credentials", scope="read").json()
    service = service_token(AccountFactory().uuid)
    rotated = oauth.registered.application.rotate_secret()
    secrets = [code, wasted, service, rotated, str(oauth.registered.client_secret)]
    secrets += [answer[name] for answer in (first, second, own) for name in answer if name.endswith("_token")]
    for text in secrets:
        me(text)
        Client().get("/v1/me", {"access_token": text})
        oauth.revoke(text)
        oauth.introspect(text)
        oauth.refresh(text)
        oauth.token(client_secret=text, grant_type="client_credentials")
    for batch in BATCHES:
        batch.flush()
    return secrets


def test_no_column_holds_a_secret_that_was_issued_or_a_piece_of_it(issued):
    everything = b"\x00".join(raw for _, raw in cells())

    found = [text for text in issued if any(piece in everything for piece in pieces(random_of(parse(text))))]

    assert len(issued) == 10
    assert found == []


def test_no_column_holds_a_verifier_or_a_password(oauth, issued):
    everything = b"\x00".join(raw for _, raw in cells())

    assert VERIFIER.encode() not in everything
    assert PASSWORD.encode() not in everything


def test_what_is_there_instead_are_digests_and_the_search_would_find_them(issued):
    everything = b"\x00".join(raw for _, raw in cells())

    assert digest_of(issued[0]) in everything
    assert Token.objects.get(kind="refresh").hint.encode() in everything


def test_every_digest_has_32_bytes(issued):
    digests = {
        f"{model.__name__}.{field.column}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, DigestField)
    }

    lengths = {name: len(raw) for name, raw in cells() if name in digests and raw != b"None"}

    assert lengths.keys() >= {"Token.digest", "Token.turn", "Token.previous", "AuthorizationCode.digest"}
    assert set(lengths.values()) == {32}
