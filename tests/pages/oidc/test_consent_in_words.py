"""The consent page of an OpenID request shows each claim with its value, and people may withhold it.

OpenID Connect Core §3.1.2.4, §5.4, §5.5.
"""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from oauthcore.models import Application, Grant
from tests.support.claims import EVERYTHING, Claims, boxes, decide, wanting
from tests.support.oauth import answer
from tests.support.pages.reading import text_of
from tests.support.pages.refusals import assert_shown_on_a_page
from tests.support.reference_site.factories import MembershipFactory
from tests.support.relying_party import SignIn

pytestmark = pytest.mark.django_db


@pytest.mark.sqlite_only("it is about what a page shows, and the same rows give the same page")
class TestThePage:
    @pytest.mark.openid("core", "3.1.2.4")
    def test_it_names_each_claim_with_its_value(self, sign_in: SignIn) -> None:
        said = text_of(sign_in().authorize())

        for words in (
            "What it will know about you",
            "Your name: Ada Lindqvist",
            "Your e-mail address: ada@example.org",
            "Whether your e-mail address was checked: no",
            "See your profile, such as your name",
            "Know who you are when you sign in",
        ):
            assert words in said

    def test_a_site_changes_the_words_of_a_scope_by_declaring_it(
        self, sign_in: SignIn, settings: Settings
    ) -> None:
        scopes = {**settings.OAUTHCORE["SCOPES"], "email": "Write to you", "openid": "Greet you"}
        settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}

        said = text_of(sign_in().authorize())
        assert "Write to you" in said
        assert "Greet you" in said
        assert "See your e-mail address" not in said

    def test_claims_without_a_value_are_not_shown(self, sign_in: SignIn, lovelace: Any) -> None:
        lovelace.first_name = lovelace.last_name = lovelace.email = ""
        lovelace.save()
        app = sign_in()

        page = app.authorize()
        assert boxes(page) == {"preferred_username": True}
        assert "Nothing now, because this site does not know it." in text_of(page)
        app.code()
        assert Grant.objects.get().claims == {"userinfo": ["preferred_username"], "id_token": []}

    def test_values_are_escaped_and_long_ones_are_shortened(self, sign_in: SignIn, lovelace: Any) -> None:
        lovelace.first_name, lovelace.last_name = "<b>Ada</b>", "x" * 140
        lovelace.save()

        shown = sign_in().authorize().content.decode()
        assert "&lt;b&gt;Ada&lt;/b&gt;" in shown
        assert "<b>Ada" not in shown
        assert "x" * 120 not in shown

    def test_every_type_of_value_is_shown_in_words(self, sign_in: SignIn, known: type[Claims]) -> None:
        known.values = {
            "address": {"formatted": "1 Sea Road\nVisby", "country": "SE"},
            "groups": ["printers", "editors"],
            "updated_at": 1_900_000_000,
            "picture": "https://people.example/ada.jpg",
            "member": True,
        }
        wanted = dict.fromkeys([*known.values, "password", "unknown"])

        said = text_of(sign_in().authorize(claims=wanting(userinfo=wanted)))
        for words in (
            "Your address: 1 Sea Road Visby",
            "Your groups: printers, editors",
            "When your profile was changed: March 17, 2030",
            "Your picture: https://people.example/ada.jpg",
            "Whether you are a member: yes",
            "More about you",
        ):
            assert words in said
        assert "secret" not in said
        assert known.asked == [frozenset(EVERYTHING) | known.values.keys()]

    def test_an_address_in_parts_is_shown_in_one_line(self, sign_in: SignIn, known: type[Claims]) -> None:
        known.values = {"address": {"street_address": "1 Sea Road", "country": "SE"}}

        said = text_of(sign_in().authorize(claims=wanting(userinfo={"address": None})))
        assert "Your address: 1 Sea Road, SE" in said

    def test_without_openid_the_page_shows_no_claims(self, sign_in: SignIn, known: type[Claims]) -> None:
        page = sign_in().authorize(scope="read profile")

        assert page.context["claim_groups"] == known.asked == []
        assert 'value="profile"' in page.content.decode()


class TestTheDecision:
    @pytest.mark.openid("core", "5.5")
    def test_the_grant_allows_the_ticked_claims(self, sign_in: SignIn) -> None:
        decide(sign_in(), "name", "email", claims=wanting(id_token={"email": None, "given_name": None}))

        assert Grant.objects.get().claims == {"userinfo": ["email", "name"], "id_token": ["email"]}
        assert Grant.objects.get().scopes == {"openid", "profile", "email"}

    def test_a_person_can_withhold_every_claim(self, sign_in: SignIn) -> None:
        assert answer(decide(sign_in()))["code"]

        assert Grant.objects.get().claims == {"userinfo": [], "id_token": []}

    def test_required_claims_cannot_be_unticked(self, sign_in: SignIn) -> None:
        app = sign_in(required_scopes=["email"])
        wanted = wanting(userinfo={"name": {"essential": True}})

        assert text_of(app.authorize()).count("Required") == 3  # openid, and the two claims of email
        decide(app, claims=wanted)

        assert Grant.objects.get().claims == {"userinfo": ["email", "email_verified"], "id_token": []}

    @pytest.mark.parametrize("forged", ["picture", "password", "sub", "", "email name"])
    def test_a_claim_that_was_not_shown_is_refused(self, sign_in: SignIn, forged: str) -> None:
        app = sign_in()

        assert_shown_on_a_page(decide(app, "name", forged))

    def test_a_page_answers_for_its_own_claims_only(self, sign_in: SignIn, known: type[Claims]) -> None:
        known.values = {"groups": ["printers"]}
        app = sign_in()
        shown = app.authorize()
        more = {"claims": wanting(userinfo={"groups": None})}

        response = app.decide(transaction=shown.context["transaction"], form={"claim": ["name"]}, **more)
        assert_shown_on_a_page(response)

    def test_a_decision_with_a_problem_keeps_what_was_ticked(self, sign_in: SignIn, lovelace: Any) -> None:
        for _ in range(2):
            MembershipFactory(user=lovelace)

        page = decide(sign_in(), "name", scope="openid profile email read")
        assert page.status_code == 400
        assert [name for name, is_ticked in boxes(page).items() if is_ticked] == ["name"]


class TestClaimsOfTheRequest:
    def test_a_claim_of_a_scope_is_only_for_an_application_that_has_the_scope(self, sign_in: SignIn) -> None:
        wanted = wanting(userinfo={"email": {"essential": True}, "name": None})
        app = sign_in(scopes=["openid", "profile"])

        assert boxes(app.authorize(scope="openid", claims=wanted)) == {"name": True}

    def test_an_application_that_registered_itself_gets_by_name_only_what_it_registered(
        self, sign_in: SignIn
    ) -> None:
        wanted = wanting(userinfo={"email": None})
        app = sign_in(scopes=["openid"])
        Application.objects.update(is_self_registered=True)

        assert boxes(app.authorize(scope="openid", claims=wanted)) == {}
        assert "email" in boxes(app.authorize(scope="openid email"))

    @pytest.mark.openid("core", "5.5.1")
    def test_unknown_claims_are_ignored(self, sign_in: SignIn) -> None:
        wanted = wanting(userinfo={"shoe_size": {"essential": True}, "name#sv": None}, id_token={"x": None})

        assert boxes(sign_in().authorize(scope="openid", claims=wanted)) == {}

    @pytest.mark.parametrize("bad", ["{", "[]", "x" * 5000, '{"userinfo": {"name": 7}}'])
    def test_a_malformed_claims_parameter_is_refused(self, sign_in: SignIn, bad: str) -> None:
        assert answer(sign_in().authorize(claims=bad))["error"] == "invalid_request"


class TestAccounts:
    """A sign-in alone works on no account, so none is chosen for it."""

    def test_a_sign_in_alone_asks_for_no_account(self, sign_in: SignIn, lovelace: Any) -> None:
        first, second = MembershipFactory.create_batch(2, user=lovelace)
        app = sign_in()

        page = app.authorize()
        assert page.context["accounts"] == []
        assert first.account.name not in text_of(page)
        assert second.account.name not in text_of(page)
        app.code()

    def test_a_request_with_another_scope_asks_for_an_account(self, sign_in: SignIn, lovelace: Any) -> None:
        MembershipFactory.create_batch(2, user=lovelace)

        assert len(sign_in().authorize(scope="openid read").context["accounts"]) == 2

    def test_a_sign_in_keeps_the_account_that_was_chosen_before(self, sign_in: SignIn, lovelace: Any) -> None:
        _, second = MembershipFactory.create_batch(2, user=lovelace)
        app = sign_in()
        app.decide(scope="openid read", form={"account": str(second.account.uuid)})

        app.decide(prompt="consent")
        assert Grant.objects.latest("pk").account_uuid == second.account.uuid
        assert app.code(scope="openid read", prompt="none")
