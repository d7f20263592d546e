"""A challenge names all the scopes that a view requires, in a 401 as in a 403 (RFC 6750 §3)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.support.factories import bearer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.resources"),
    pytest.mark.sqlite_only("a header that is made of the view's declaration"),
]

VIEWS = {
    "/drf": "read",
    "/drf/images": "api.images.read read",
    "/drf/joined": "api.images.read read",
    "/drf/session-first": "read",
    "/drf/session-second": "read",
    "/drf/site-says-401": "read",
    "/drf/chooses-later": "read",
    "/plain": "read",
    "/plain/async": "read",
    "/plain/twice": "api.images.read read",
    "/drf/any": None,
    "/plain/any": None,
    "/v1/me": None,
}

every_view = pytest.mark.parametrize(("path", "scope"), VIEWS.items(), ids=VIEWS)


def challenge(path: str, authorization: str | None) -> str:
    headers = {} if authorization is None else {"authorization": authorization}
    response = Client().get(path, headers=headers)
    assert response.status_code in (401, 403)
    return response["WWW-Authenticate"]


def named(text: str) -> str | None:
    found = re.search(r'scope="([^"]*)"', text)
    return found and found[1]


@pytest.mark.rfc("6750", "3")
@every_view
@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Bearer"])
def test_a_401_names_the_scopes_that_the_view_requires(path, scope, authorization):
    text = challenge(path, authorization)

    assert named(text) == scope
    assert text.startswith("Bearer ")
    assert text.count("Bearer ") == 1
    assert "resource_metadata=" in text


@pytest.mark.rfc("6750", "3.1")
@pytest.mark.parametrize(("path", "scope"), [one for one in VIEWS.items() if one[1]])
def test_a_403_names_all_of_them_whichever_is_missing(path, scope):
    token = bearer(scopes=["api.ratings.write"])

    assert named(challenge(path, f"Bearer {token}")) == scope


@pytest.mark.urls("reference_site.urls")
@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("get", "/v1/images", "api.images.read"),
        ("post", "/v1/sets", "api.sets.write"),
        ("get", "/api/v1/accounts/verify_credentials", "read:accounts"),
        ("get", "/v1/public/images", None),
    ],
)
def test_the_endpoints_of_the_reference_site_do_so_too(method, path, scope):
    response = getattr(Client(), method)(path)

    assert response.status_code == 401
    assert named(response["WWW-Authenticate"]) == scope
