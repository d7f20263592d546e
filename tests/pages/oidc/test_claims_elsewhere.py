"""The claims of a person on the page for devices and on the page of connected applications."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from oauthcore.models import Application, Consent, Grant
from tests.support.claims import Claims, decide, wanting
from tests.support.devices.television import Television, Viewer, register_television
from tests.support.oauth import ticked_on
from tests.support.pages.reading import text_of
from tests.support.reference_site.factories import MembershipFactory
from tests.support.relying_party import SignIn
from tests.support.signing import make_keys
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

CONNECTIONS = "/oauth/connections/"


def test_a_device_asks_in_the_same_words_and_the_grant_has_the_ticked_claims(lovelace: Any) -> None:
    make_keys()
    television = Television(register_television(scopes=["openid", "email", "read"]))
    television.begin(scope="openid email read")
    viewer = Viewer(lovelace)

    page = viewer.type(television.user_code)
    assert "Your e-mail address: ada@example.org" in text_of(page)
    assert ticked_on(page) == {"scope": ["openid", "read"], "claim": ["email", "email_verified"]}
    assert viewer.answer(page, claim=["email", "name"]).status_code == 400
    assert not Grant.objects.exists()
    viewer.answer(page, claim=["email"])

    grant = Grant.objects.get()
    assert grant.claims == {"userinfo": ["email"], "id_token": []}
    assert grant.authenticated_at is not None
    assert Consent.objects.get().withheld_claims == {"email_verified"}
    assert television.poll().json()["scope"] == "email openid read"


class TestConnections:
    def test_it_says_what_an_application_knows(self, sign_in: SignIn) -> None:
        app = sign_in()
        decide(app, "name", "email", scope="openid profile email")

        said = text_of(app.browser.get(CONNECTIONS))
        assert "It knows: your name and your e-mail address." in said
        assert "Know who you are when you sign in" in said
        assert "See your profile" not in said

    def test_a_sign_in_alone_works_on_no_account(self, sign_in: SignIn, lovelace: Any) -> None:
        account = MembershipFactory(user=lovelace).account
        app = sign_in()
        app.code()
        assert account.name not in text_of(app.browser.get(CONNECTIONS))

        app.code(scope="openid read")
        assert account.name in text_of(app.browser.get(CONNECTIONS))

    def test_it_says_what_a_trusted_application_knows_without_a_question(self, sign_in: SignIn) -> None:
        app = sign_in()
        Application.objects.update(is_trusted=True)
        app.code(scope="openid", claims=wanting(id_token={"email": None}))

        assert "It knows: your e-mail address." in text_of(app.browser.get(CONNECTIONS))

    def test_claims_that_were_withheld_are_not_shown(self, sign_in: SignIn) -> None:
        app = sign_in()
        decide(app)

        said = text_of(app.browser.get(CONNECTIONS))
        assert "It knows" not in said
        assert "See your e-mail address" not in said

    def test_a_claim_that_the_site_no_longer_offers_is_left_out(
        self, sign_in: SignIn, known: type[Claims], settings: Settings
    ) -> None:
        known.values = {"groups": ["printers"]}
        app = sign_in()
        decide(app, "groups", "email", claims=wanting(userinfo={"groups": None}))
        assert "It knows: your e-mail address and your groups." in text_of(app.browser.get(CONNECTIONS))

        settings.OAUTHCORE = {**settings.OAUTHCORE, "CLAIMS": "oauthcore.claims.UserClaims"}
        assert "It knows: your e-mail address." in text_of(app.browser.get(CONNECTIONS))

    def test_the_scope_profile_is_shown_as_a_scope_without_openid(
        self, sign_in: SignIn, settings: Settings
    ) -> None:
        app = sign_in()
        app.code(scope="profile")

        said = text_of(app.browser.get(CONNECTIONS))
        assert "See your profile, such as your name" in said
        assert "It knows" not in said

    def test_claims_add_no_statement_to_the_page(self, sign_in: SignIn) -> None:
        app = sign_in()
        app.code(scope="read")
        with statements() as before:
            app.browser.get(CONNECTIONS)
        decide(app, "name", scope="openid profile read")
        decide(app, "email", scope="openid email read")

        with statements() as after:
            app.browser.get(CONNECTIONS)
        assert len(after) == len(before)
