"""Hostile text at every address: never a 500, never a page or redirect on a JSON route, nothing stored.

What an address reads may end in a statement, and each database has texts of its own that it does not take.
"""

from __future__ import annotations

import pytest

from tests.support.attacks import TEXTS
from tests.support.under_attack import ROUTES, found_by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unhurried"), pytest.mark.no_cover]


@pytest.mark.parametrize(("family", "methods"), TEXTS, ids=[one.__name__ for one, _ in TEXTS])
def test_hostile_text_is_refused_in_json_and_stores_nothing(family, methods):
    assert found_by(family, methods) == []


def test_every_route_of_the_site_is_walked():
    names = {name for _, name in ROUTES}

    assert {"authorize", "token", "revoke", "introspect", "me", "login", "logout", "start"} <= names
    assert {"/oauth2/authorize", "/oauth2/token", "/oauth2/revoke"} <= {address for address, _ in ROUTES}
    assert {"apps", "app_credentials", "account_credentials", "instance_v1", "instance_v2"} <= names
    assert "placebo" in names
    assert {"images", "image", "rating", "metadata", "uploads", "archives", "public_images"} <= names
    assert not [address for address, _ in ROUTES if address.startswith("/admin")]
