"""Decisions about claims are remembered. The page asks again only about new claims."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, Consent, Grant
from tests.support.claims import EVERY_NAME, EVERYTHING, Claims, boxes, decide, wanting
from tests.support.factories import REDIRECT_URI, register_public
from tests.support.oauth import answer, ticked_on
from tests.support.pages.reading import text_of
from tests.support.relying_party import SignIn, userinfo
from tests.support.signing import make_keys
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


class TestMemory:
    def test_a_decision_about_claims_is_not_asked_again(self, sign_in: SignIn) -> None:
        app = sign_in()
        decide(app, "name")

        assert answer(app.authorize(prompt="none"))["code"]
        first, second = Grant.objects.order_by("pk")
        assert first.claims == second.claims == {"userinfo": ["name"], "id_token": []}
        consent = Consent.objects.get()
        assert consent.claims == {"name"}
        assert consent.withheld_claims == set(EVERYTHING) - {"name"}

    def test_a_new_claim_asks_about_the_new_one_only(self, sign_in: SignIn, lovelace: Any) -> None:
        lovelace.email = ""
        lovelace.save()
        app = sign_in()
        decide(app, "name", "given_name")
        lovelace.email = "ada@example.org"
        lovelace.save()

        assert answer(app.authorize(prompt="none"))["error"] == "consent_required"
        page = app.authorize()
        assert boxes(page) == {"email": True, "email_verified": True}
        said = text_of(page)
        assert "What it now also wants to know about you" in said
        assert "You allowed this before" in said
        assert "Your name: Ada Lindqvist" in said
        assert "Your last name" not in said
        app.decide(transaction=page.context["transaction"], form={"scope": [], "claim": ["email"]})

        assert Grant.objects.latest("pk").claims == {
            "userinfo": ["email", "given_name", "name"],
            "id_token": [],
        }
        assert app.authorize().status_code == 302

    def test_prompt_consent_asks_about_all_claims_and_withheld_ones_are_unticked(
        self, sign_in: SignIn
    ) -> None:
        app = sign_in()
        decide(app, "name")

        page = app.authorize(prompt="consent")
        assert set(boxes(page)) == set(EVERYTHING)
        assert [name for name, is_ticked in boxes(page).items() if is_ticked] == ["name"]
        decide(app, "email", prompt="consent")
        consent = Consent.objects.get()
        assert (consent.claims, "name" in consent.withheld_claims) == ({"email"}, True)

    def test_a_page_is_no_longer_valid_if_a_claim_that_it_shows_as_allowed_was_withdrawn(
        self, sign_in: SignIn
    ) -> None:
        app = sign_in()
        decide(app, "name")
        page = app.authorize(scope="openid profile email read")
        form = {"scope": ["read"], "claim": []}
        Consent.objects.update(claims=frozenset())

        response = app.decide(
            transaction=page.context["transaction"], form=form, scope="openid profile email read"
        )
        assert response.status_code == 400

    def test_a_page_is_no_longer_valid_if_the_whole_consent_was_withdrawn(self, sign_in: SignIn) -> None:
        app = sign_in()
        decide(app, "name", scope="openid profile")
        new = {"scope": "openid profile", "claims": wanting(userinfo={"email": None})}
        page = app.authorize(**new)
        assert [one.name for one in page.context["kept_claims"]] == ["name"]
        Consent.objects.all().delete()

        response = app.decide(transaction=page.context["transaction"], form={"claim": ["email"]}, **new)
        assert response.status_code == 400

    def test_a_trusted_application_gets_all_claims_without_a_page(self, sign_in: SignIn) -> None:
        app = sign_in()
        Application.objects.update(is_trusted=True)

        assert answer(app.authorize())["code"]
        claims = Grant.objects.get().claims
        assert set(EVERYTHING) <= set(claims["userinfo"])
        assert not Consent.objects.exists()

    def test_a_trusted_application_gets_claims_that_it_asks_for_by_name_except_of_scopes_that_it_lacks(
        self, sign_in: SignIn, known: type[Claims]
    ) -> None:
        known.values = {"groups": ["prints"], "email": "ada@example.org"}
        app = sign_in(scopes=["openid", "profile"], is_trusted=True)
        wanted = wanting(userinfo={"groups": None, "email": None})

        assert answer(app.authorize(scope="openid", claims=wanted))["code"]
        assert Grant.objects.get().claims == {"userinfo": ["groups"], "id_token": []}

    def test_a_trusted_application_does_not_get_claims_that_the_person_withheld_before(
        self, sign_in: SignIn
    ) -> None:
        app = sign_in()
        decide(app, "name")
        Application.objects.update(is_trusted=True)

        assert answer(app.authorize())["code"]
        assert Grant.objects.latest("pk").claims == {"userinfo": ["name"], "id_token": []}

    def test_everything_is_asked_each_time_if_another_program_could_pretend_to_be_the_client(
        self, sign_in: SignIn
    ) -> None:
        app = sign_in()
        uri = "http://127.0.0.1:4000/callback"
        native = type(app)(
            register_public(scopes=["openid", "profile"], redirect_uris=[uri, REDIRECT_URI]), app.browser
        )
        changes = {"scope": "openid profile", "redirect_uri": uri}
        decide(native, "name", **changes)

        page = native.authorize(**changes)
        assert set(boxes(page)) == set(EVERY_NAME)
        assert ticked_on(page)["scope"] == ["openid"]


class TestCosts:
    @pytest.mark.parametrize(("scope", "costs"), [("read", 6), ("openid profile email", 7)])
    def test_a_remembered_sign_in_costs_only_its_session_at_the_application(
        self, sign_in: SignIn, scope: str, costs: int
    ) -> None:
        app = sign_in()
        app.code(scope=scope)

        with statements() as run:
            assert answer(app.authorize(scope=scope, prompt="none"))["code"]
        assert len(run) == costs, run

    def test_the_site_is_asked_once_and_only_if_a_claim_is_undecided(
        self, sign_in: SignIn, known: type[Claims]
    ) -> None:
        app = sign_in()
        known.values = {"picture": "https://people.example/ada.jpg", "updated_at": 1_900_000_000}
        decide(app, *EVERYTHING)
        known.asked.clear()

        assert app.authorize().status_code == 302
        assert known.asked == []
        # The person has no groups, so nothing is new.
        assert app.authorize(claims=wanting(userinfo={"groups": None})).status_code == 302
        assert len(known.asked) == 1


class TestWithoutOpenid:
    """The scope ``profile`` allows userinfo for Mastodon's clients, and stands for claims here."""

    def test_without_openid_only_claims_that_were_approved_are_told(
        self, sign_in: SignIn, lovelace: Any
    ) -> None:
        make_keys()
        lovelace.last_name = ""
        lovelace.save()
        app = sign_in()
        decide(app, "given_name", scope="openid profile")
        lovelace.last_name = "Lindqvist"
        lovelace.save()

        silently = app.redeem(answer(app.authorize(scope="profile", prompt="none"))["code"]).json()
        assert set(userinfo(silently["access_token"]).json()) == {"sub", "given_name"}
        page = app.decide(scope="profile", prompt="consent")
        shown = app.redeem(answer(page)["code"]).json()
        assert set(userinfo(shown["access_token"]).json()) == {"sub", "given_name"}

    def test_a_trusted_application_without_openid_gets_no_withheld_claims(self, sign_in: SignIn) -> None:
        make_keys()
        app = sign_in()
        decide(app, scope="openid profile")
        Application.objects.update(is_trusted=True)

        assert userinfo(app.tokens(scope="profile")["access_token"]).json().keys() == {"sub"}

    def test_a_person_who_never_decided_about_claims_gives_all_of_them(self, sign_in: SignIn) -> None:
        app = sign_in()
        text = app.tokens(scope="profile")["access_token"]

        assert userinfo(text).json().keys() == {"sub", *EVERY_NAME}
        assert Grant.objects.get().claims is None

    def test_other_scopes_tell_nothing_about_the_person(self, sign_in: SignIn) -> None:
        make_keys()
        app = sign_in()
        decide(app, "name", scope="openid profile read")

        app.tokens(scope="read")
        assert Grant.objects.latest("pk").claims is None
