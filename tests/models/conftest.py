"""Somebody whose password is due to be hashed anew."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.support.factories import UserFactory


@pytest.fixture
def ada(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Somebody whose password was hashed before the hasher moved on."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)
    ada = UserFactory(is_staff=True, is_superuser=True)
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 2)
    return get_user_model().objects.get(pk=ada.pk)
