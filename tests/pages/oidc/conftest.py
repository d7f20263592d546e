"""A site with OpenID Connect, a person, and an application that signs people in."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.rules.oidc.claims import OPENID_SCOPES
from tests.support.claims import Claims
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.relying_party import PERSONAL, RelyingParty, SignIn


@pytest.fixture(autouse=True)
def _openid_connect(settings: Settings) -> None:
    """OpenID Connect is on, with its own words for its scopes."""
    ours = settings.OAUTHCORE
    scopes = {name: words for name, words in ours["SCOPES"].items() if name not in OPENID_SCOPES}
    settings.OAUTHCORE = {**ours, "OPENID_CONNECT": True, "SCOPES": scopes}


@pytest.fixture
def lovelace(db: None) -> Any:
    """A person whose name and e-mail address the site knows."""
    return UserFactory(
        username="ada", first_name="Ada", last_name="Lindqvist", email="ada@example.org", password=PASSWORD
    )


@pytest.fixture
def sign_in(lovelace: Any) -> SignIn:
    """Register an application that signs people in, at a browser where Ada has logged in."""

    def register_at_her_browser(**values: Any) -> RelyingParty:
        browser = Client()
        browser.post("/login", {"username": "ada", "password": PASSWORD})
        scopes = ["openid", "profile", "email", "read"]
        return RelyingParty(
            register(**{"name": "Prints", "scopes": scopes, **values}), browser, scope=PERSONAL
        )

    return register_at_her_browser


@pytest.fixture
def known(settings: Settings) -> type[Claims]:
    """The class of a site that knows more about its people."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLAIMS": "tests.support.claims.Claims"}
    Claims.values, Claims.asked = {}, []
    return Claims
