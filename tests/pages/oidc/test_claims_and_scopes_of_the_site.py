"""If a scope of claims includes scopes of the site, people read and decide about those too."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.support.oauth import granted, ticked_on
from tests.support.pages.reading import text_of
from tests.support.relying_party import SignIn
from tests.support.signing import make_keys

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _more(settings: Settings) -> None:
    """The site has scopes below those of OpenID Connect."""
    make_keys()
    more = {"profile:write": "Change your profile", "openid:badge": "Print your badge"}
    scopes = {name: {"description": words} for name, words in more.items()}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {**settings.OAUTHCORE["SCOPES"], **scopes}}


def test_a_scope_that_allows_more_than_claims_has_a_box(sign_in: SignIn) -> None:
    app = sign_in()
    page = app.authorize(scope="openid profile")

    assert ticked_on(page)["scope"] == ["openid", "profile"]
    assert "See your profile" in text_of(page)
    answer = app.decide(scope="openid profile", form={"scope": ["openid"], "claim": ["name"]})
    assert granted(answer, app) == {"openid"}


def test_a_scope_below_one_of_claims_can_be_unticked(sign_in: SignIn) -> None:
    app = sign_in(scopes=["openid", "email", "profile:write", "openid:badge"])
    asked = "openid email profile:write openid:badge"
    answer = app.decide(scope=asked, form={"scope": ["openid"], "claim": []})

    assert granted(answer, app) == {"openid", "email"}


def test_the_connections_page_says_what_it_may_do_beside_what_it_knows(sign_in: SignIn) -> None:
    app = sign_in()
    app.code(scope="openid profile")

    said = text_of(app.browser.get("/oauth/connections/"))
    assert "See your profile" in said
    assert "It knows" in said
