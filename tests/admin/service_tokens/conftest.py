"""An account with a service token, and staff who may make and change such tokens."""

from __future__ import annotations

import pytest

from tests.support.admin.tokens import EDITORS, made
from tests.support.reference_site.factories import AccountFactory


@pytest.fixture
def account(db):
    return AccountFactory(name="Blue Door Studio")


@pytest.fixture
def token(account):
    return made(account)[0]


@pytest.fixture
def maker(staff):
    return staff(*EDITORS, "add_servicetoken")


@pytest.fixture
def editor(staff):
    return staff(*EDITORS)
