"""Clients ask for ``offline_access`` because the metadata lists it, even if they cannot have it."""

from __future__ import annotations

import pytest

from tests.support.factories import register
from tests.support.oauth import answer, with_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("it is about the scopes of a request, before any row decides"),
]


@pytest.fixture
def oauth(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": True}
    return with_person(register(scopes=["read"]))


@pytest.mark.openid("core", "11")
def test_it_is_ignored_if_the_application_cannot_have_it(oauth):
    code = answer(oauth.decide(scope="read offline_access", form={"scope": ["read"]}))["code"]

    assert oauth.redeem(code).json()["scope"] == "read"


def test_it_is_unknown_on_a_site_that_does_not_name_it(oauth, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False, "SCOPES": {"read": "Read"}}

    assert answer(oauth.authorize(scope="read offline_access"))["error"] == "invalid_scope"


def test_a_request_for_it_alone_is_refused(oauth):
    assert answer(oauth.authorize(scope="offline_access"))["error"] == "invalid_scope"
