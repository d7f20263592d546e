"""Moving in from each package, on every database: two runs in batches, and the first use."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from tests.support.factories import UserFactory
from tests.support.moving import counts_of, read, run_import

pytestmark = [
    pytest.mark.urls("tests.support.sites.former_packages"),
    pytest.mark.usefixtures("former_packages", "without_accounts", "clock"),
]


def moved(source: str, count: int, **options: Any) -> None:
    """Import twice, one row in a batch."""
    assert counts_of(run_import(source, batch_size=1, **options)) == (count, 0, {})
    assert counts_of(run_import(source, batch_size=1, **options)) == (0, count, {})


def test_knox():
    from knox.models import AuthToken

    tokens = [AuthToken.objects.create(user=UserFactory())[1] for _ in range(2)]
    moved("knox", 2)

    assert [read(f"Token {one}").status_code for one in tokens] == [200, 200]


def test_authtoken():
    from rest_framework.authtoken.models import Token as Key

    keys = [Key.objects.create(user=UserFactory()).key for _ in range(2)]
    moved("authtoken", 2)

    assert [read(f"Token {one}").status_code for one in keys] == [200, 200]


def test_api_keys_of_both_versions():
    from rest_framework_api_key.models import APIKey

    keys = [APIKey.objects.create_key(name="Export")[1] for _ in range(2)]
    APIKey.objects.filter(prefix=keys[1][:8]).update(hashed_key=make_password(keys[1]))
    moved("api-key", 2, scopes="read")

    assert [read(f"Api-Key {one}").status_code for one in keys * 2] == [200] * 4


def test_simplejwt():
    from rest_framework_simplejwt.tokens import RefreshToken

    tokens = [str(RefreshToken.for_user(UserFactory())) for _ in range(2)]
    moved("simplejwt", 2)

    for one in tokens:
        answers = [Client().post("/api/token/refresh/", {"refresh": one}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 401]
