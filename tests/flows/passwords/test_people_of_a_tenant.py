"""Whom a login finds: the manager of the site's people is asked each time, so it may look at the tenant."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.base_user import BaseUserManager
from django.db.models import QuerySet

from oauthcore.flows.passwords.credentials import find_person
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_login_finds_only_those_whom_the_manager_shows_at_this_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada, shown = UserFactory(username="ada"), ["ada"]

    def people_of_the_tenant(manager: Any) -> QuerySet[Any]:
        return QuerySet(manager.model, using=manager._db).filter(username__in=shown)

    monkeypatch.setattr(BaseUserManager, "get_queryset", people_of_the_tenant)
    assert find_person("ada") == ada

    shown.clear()

    assert find_person("ada") is None
