"""A member of staff, and a browser in which they are logged in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.support.factories import UserFactory


@pytest.fixture
def staff(db: None) -> Any:
    return UserFactory(username="staff", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(staff: Any) -> Client:
    browser = Client()
    browser.force_login(staff)
    return browser
