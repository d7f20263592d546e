"""A user model whose check of a password checks again: a rehash in there moves grants along as ever."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings

from oauthcore.flows.passwords.rehashes import keep_grants_over_rehashes
from tests.support.factories import PASSWORD, UserFactory, bearer
from tests.support.oauth import is_live

pytestmark = pytest.mark.django_db


def test_a_check_within_a_check_ends_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    model: Any = get_user_model()
    for name in ("check_password", "acheck_password"):
        monkeypatch.setattr(model, name, getattr(model, name))  # to be put back afterwards
    keep_grants_over_rehashes(model)
    ada: Any = UserFactory(username="ada")
    token = bearer(user=ada)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]

    assert ada.check_password(PASSWORD)

    assert ada.password.startswith("pbkdf2_")
    assert is_live(token)
    assert "save" not in vars(ada)
