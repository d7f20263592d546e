"""Userinfo (OpenID Connect Core §5.3), which Mastodon's clients ask too."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore.models import Application, Grant
from tests.support.factories import bearer, register, service_token, sign_in_token
from tests.support.oauth import post, with_person
from tests.support.proofs import Prover
from tests.support.reference_site.factories import AccountFactory
from tests.support.relying_party import USERINFO, relying_party, somebody, userinfo, userinfo_by_form
from tests.support.signing import make_keys
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

APPROVED = ["email", "email_verified", "name"]


@pytest.fixture
def ada(db: Any) -> Any:
    return somebody(username="ada", email="ada@people.example")


def token_of(user: Any, *, scopes: Any = ("openid", "profile", "email"), **values: Any) -> str:
    """Return a token of a person who approved three claims."""
    return bearer(user=user, scopes=scopes, **{"claims": {"userinfo": APPROVED, "id_token": []}, **values})


class TestAnswer:
    @pytest.mark.openid("core", "5.3.2")
    def test_it_has_the_subject_and_the_claims_that_the_person_approved(self, ada: Any) -> None:
        text = token_of(ada)
        answered = userinfo(text)

        assert answered["Content-Type"] == "application/json"
        assert answered["Cache-Control"] == "no-store"
        assert answered.json() == {
            "email": "ada@people.example",
            "email_verified": False,
            "name": "Ada Lindqvist",
            "sub": answered.json()["sub"],
        }

    @pytest.mark.openid("core", "5.3.1")
    def test_it_comes_by_get_and_by_post_with_the_token_in_header_or_form(self, ada: Any) -> None:
        text = token_of(ada)
        by_post = Client().post(USERINFO, headers={"authorization": f"Bearer {text}"})

        assert userinfo(text).json() == by_post.json() == userinfo_by_form(text).json()
        assert Client().get(f"{USERINFO}?access_token={text}").status_code == 400

    @pytest.mark.openid("core", "5.3.2")
    def test_the_subject_is_that_of_the_id_token(self, ada: Any) -> None:
        make_keys()
        signed = relying_party(user=ada).sign_in()

        assert signed.userinfo()["sub"] == signed.claims["sub"]

    @pytest.mark.openid("core", "5.3.2")
    def test_a_claim_without_a_value_is_left_out(self, ada: Any) -> None:
        ada.email = ada.first_name = ada.last_name = ""
        ada.save()

        assert set(userinfo(token_of(ada)).json()) == {"sub"}

    def test_a_claim_that_the_site_does_not_offer_any_more_is_left_out(self, ada: Any) -> None:
        text = token_of(ada, claims={"userinfo": ["name", "birthdate", "shoe_size"], "id_token": []})

        assert set(userinfo(text).json()) == {"name", "sub"}

    def test_no_claim_replaces_the_subject(self, ada: Any, settings: Any) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "CLAIMS": f"{__name__}.Impostor"}
        text = token_of(ada, claims={"userinfo": ["sub", "name"], "id_token": []})

        assert userinfo(text).json()["sub"] != "somebody else"

    def test_pages_of_other_origins_may_ask(self, ada: Any) -> None:
        headers = {"authorization": f"Bearer {token_of(ada)}", "origin": "https://app.example"}

        assert Client().get(USERINFO, headers=headers)["Access-Control-Allow-Origin"] == "*"


class Impostor:
    offered = {"sub": "your number", "name": "your name"}

    def values_of(self, user: Any, names: frozenset[str]) -> dict[str, str]:
        return dict.fromkeys(names, "somebody else")


class TestAuthorityIsDecidedAtUse:
    def test_claims_of_a_scope_that_the_application_lost_are_left_out(self, ada: Any) -> None:
        text = token_of(ada)
        Application.objects.update(scopes=["openid", "profile"])

        assert set(userinfo(text).json()) == {"name", "sub"}

    def test_claims_of_a_scope_that_the_token_no_longer_has_are_left_out(self, ada: Any) -> None:
        make_keys()
        party = relying_party(user=ada)
        tokens = party.tokens(scope="openid profile email")
        Grant.objects.update(claims={"userinfo": APPROVED, "id_token": []})
        narrow = party.refresh(tokens["refresh_token"], scope="openid email").json()

        assert set(userinfo(narrow["access_token"]).json()) == {"email", "email_verified", "sub"}

    def test_a_claim_that_was_asked_for_by_name_needs_no_scope_of_the_grant(self, ada: Any) -> None:
        application = register(scopes=["openid", "email"]).application
        text = token_of(ada, application=application, scopes=["openid"])

        assert set(userinfo(text).json()) == {"email", "email_verified", "sub"}

    @pytest.mark.parametrize(("is_self_registered", "told"), [(True, {"email"}), (False, set())])
    def test_an_application_that_registered_itself_can_ask_for_claims_of_every_open_scope(
        self, ada: Any, is_self_registered: bool, told: set[str]
    ) -> None:
        application = register(scopes=["openid"], is_self_registered=is_self_registered).application
        claims = {"userinfo": ["email"], "id_token": []}
        text = token_of(ada, application=application, scopes=["openid"], claims=claims)

        assert set(userinfo(text).json()) == {"sub", *told}

    def test_a_claim_without_a_scope_needs_no_scope(self, ada: Any) -> None:
        text = token_of(ada, scopes=["openid"], claims={"userinfo": ["accounts"], "id_token": []})

        assert userinfo(text).json()["accounts"] == []

    @pytest.mark.openid("core", "5.3.3")
    def test_nothing_is_told_about_a_person_who_was_deactivated(self, ada: Any) -> None:
        text = token_of(ada)
        ada.is_active = False
        ada.save()

        assert userinfo(text).status_code == 401


@pytest.mark.openid("core", "5.3.3")
class TestRefused:
    def test_without_a_token(self) -> None:
        refused = Client().get(USERINFO)

        assert refused.status_code == 401
        assert refused["WWW-Authenticate"].startswith("Bearer realm=")
        assert "error=" not in refused["WWW-Authenticate"]

    @pytest.mark.parametrize("text", ["", "x", "ref_api_live_" + "a" * 43], ids=["empty", "other", "unknown"])
    def test_with_a_text_that_is_not_a_token(self, text: str) -> None:
        refused = Client().get(USERINFO, headers={"authorization": f"Bearer {text or 'a'}"})

        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")

    def test_an_id_token_is_no_access_token(self, ada: Any) -> None:
        make_keys()

        assert userinfo(relying_party(user=ada).sign_in().id_token).status_code == 401

    def test_a_token_without_openid_lacks_a_scope(self, ada: Any) -> None:
        refused = userinfo(bearer(user=ada))

        assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
        assert 'scope="openid"' in refused["WWW-Authenticate"]

    def test_a_token_without_a_person(self) -> None:
        own = register(scopes=["openid"])
        text = with_person(own).token(grant_type="client_credentials", scope="openid").json()["access_token"]

        for one in (text, service_token(AccountFactory().pk, scopes=["openid"])):
            refused = userinfo(one)
            assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")

    def test_two_tokens_in_one_request(self, ada: Any) -> None:
        text = token_of(ada)
        headers = {"authorization": f"Bearer {text}"}

        refused = post(USERINFO, {"access_token": text}, **headers)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")

    def test_another_method(self) -> None:
        assert Client().put(USERINFO).status_code == 405

    def test_while_openid_connect_is_off(self, ada: Any, settings: Any) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

        assert userinfo(token_of(ada)).status_code == 404

    def test_a_token_that_is_bound_to_a_key_without_its_proof(self, ada: Any) -> None:
        prover = Prover()
        text = prover.token(user=ada, scopes=["openid"])

        assert userinfo(text).status_code == 401
        assert prover.get(USERINFO, text).status_code == 200


class TestMastodon:
    """Mastodon 4.3 has the same endpoint, for the scope ``profile``."""

    def test_the_scope_profile_gives_the_claims_of_the_profile_only(self, ada: Any) -> None:
        text = bearer(user=ada, scopes=["profile", "email"])

        assert userinfo(text).json() == {
            "family_name": "Lindqvist",
            "given_name": "Ada",
            "name": "Ada Lindqvist",
            "preferred_username": "ada",
            "sub": userinfo(text).json()["sub"],
        }

    def test_an_openid_grant_without_approved_claims_gives_only_the_subject(self, ada: Any) -> None:
        assert set(userinfo(bearer(user=ada, scopes=["openid", "profile"])).json()) == {"sub"}


@pytest.mark.usefixtures("without_accounts")
def test_an_app_in_which_the_person_signed_in_gets_only_the_subject(ada: Any) -> None:
    """On a site without accounts such a token has every open scope, but nobody was asked about claims."""
    assert set(userinfo(sign_in_token(ada, None)).json()) == {"sub"}


class TestCosts:
    """One statement of the check, one of the account backend, and one if the class for claims needs it."""

    @pytest.mark.parametrize(
        ("claims", "most"), [([], 1), (APPROVED, 1), ([*APPROVED, "accounts"], 2)], ids=str
    )
    def test_it_takes_one_statement_and_at_most_one_of_the_site(
        self, ada: Any, claims: list[str], most: int
    ) -> None:
        text = token_of(ada, claims={"userinfo": claims, "id_token": []})
        for ask in (userinfo, userinfo_by_form):
            with statements() as run:
                assert ask(text).status_code == 200
            assert len(run) == most
