"""The parameters that an OpenID request has beyond those of OAuth (OpenID Connect Core §3.1.2.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings

from oauthcore.models import AuthorizationCode, Grant
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, register_public
from tests.support.oauth import OAuthClient, answer, post
from tests.support.pages.authenticator_app import switch_on
from tests.support.pages.legacy import register_implicit
from tests.support.pages.refusals import assert_refused
from tests.support.relying_party import NONCE, SignIn

pytestmark = pytest.mark.django_db


class TestNonce:
    @pytest.mark.openid("core", "3.1.2.1")
    @pytest.mark.parametrize("nonce", ["n-0S6_WzA2Mj", "ö 🜁 +/=&?", "n" * 255, "🜁" * 255, "  "])
    def test_a_nonce_is_stored_unchanged_with_the_code(self, sign_in: SignIn, nonce: str) -> None:
        sign_in().code(nonce=nonce)

        assert AuthorizationCode.objects.get().nonce == nonce

    @pytest.mark.parametrize("nonce", [None, ""])
    def test_a_nonce_may_be_missing(self, sign_in: SignIn, nonce: str | None) -> None:
        sign_in().code(nonce=nonce)

        assert AuthorizationCode.objects.get().nonce is None

    def test_a_longer_nonce_is_refused_and_never_shortened(self, sign_in: SignIn) -> None:
        assert_refused(sign_in().authorize(nonce="n" * 256), "invalid_request")

    def test_a_page_answers_for_its_own_nonce_only(self, sign_in: SignIn) -> None:
        app = sign_in()
        transaction = app.authorize(nonce="one").context["transaction"]

        assert app.decide(transaction=transaction, nonce="two").status_code == 400

    def test_without_the_scope_openid_the_parameters_are_ignored(self, sign_in: SignIn) -> None:
        sign_in().code(scope="read", nonce="n" * 300, claims="{", registration="{}", id_token_hint="x")

        assert AuthorizationCode.objects.get().nonce is None
        assert Grant.objects.get().claims is None


@pytest.mark.openid("core", "3.1.2.6")
@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("request", "request_not_supported"),
        ("request_uri", "request_uri_not_supported"),
        ("registration", "registration_not_supported"),
    ],
)
def test_request_objects_and_registration_are_refused(sign_in: SignIn, name: str, error: str) -> None:
    assert_refused(sign_in().authorize(**{name: "https://client.example/request"}), error)


@pytest.mark.parametrize("response_type", ["id_token", "code id_token", "id_token token", "none"])
def test_the_only_response_type_is_code(sign_in: SignIn, response_type: str) -> None:
    assert_refused(sign_in().authorize(response_type=response_type), "unsupported_response_type")


def test_the_implicit_grant_signs_nobody_in(sign_in: SignIn) -> None:
    old = OAuthClient(register_implicit(scopes=["openid", "read"]), sign_in().browser)
    implicit = {"response_type": "token", "code_challenge": None, "code_challenge_method": None}

    assert "unsupported_response_type" in old.authorize(scope="openid", **implicit)["Location"]
    assert old.authorize(scope="read", **implicit).status_code == 200


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize("prompt", ["none login", "none consent", "select_account none"])
def test_prompt_none_with_another_value_is_refused(sign_in: SignIn, prompt: str) -> None:
    assert_refused(sign_in().authorize(prompt=prompt), "invalid_request")


def test_unknown_parameters_and_display_are_ignored(sign_in: SignIn) -> None:
    page = sign_in().authorize(display="popup", ui_locales="xx sv", claims_locales="sv", extra="x")

    assert page.status_code == 200


class TestTheLogin:
    @pytest.fixture(autouse=True, params=[True, False], ids=["with step-up", "without"])
    def _step_up(self, request: pytest.FixtureRequest, settings: Settings, clock: Any) -> None:
        settings.OAUTHCORE = {**settings.OAUTHCORE, "STEP_UP": request.param}

    def test_the_grant_says_when_the_person_really_logged_in(self, sign_in: SignIn, clock: Any) -> None:
        app = sign_in()
        for _ in range(2):
            clock.shift(400)
            app.code()

        assert {grant.authenticated_at for grant in Grant.objects.all()} == {NOON}

    @pytest.mark.openid("core", "3.1.2.1")
    @pytest.mark.parametrize(("max_age", "age"), [("300", 301), ("0", 0), ("0", 5)])
    def test_an_older_login_is_repeated_and_the_grant_has_the_new_time(
        self, sign_in: SignIn, clock: Any, max_age: str, age: int
    ) -> None:
        app = sign_in()
        app.code()
        clock.shift(age)

        assert answer(app.authorize(max_age=max_age, prompt="none"))["error"] == "login_required"
        led = app.authorize(max_age=max_age)
        back = app.browser.post(led["Location"], {"username": "ada", "password": PASSWORD})["Location"]
        assert answer(app.browser.get(back))["code"]

        first, second = Grant.objects.order_by("pk")
        assert (second.authenticated_at - first.authenticated_at).total_seconds() == age

    @pytest.mark.parametrize("profile", ["oauth2.1", "oauth2.0"])
    def test_a_recent_login_is_enough(self, sign_in: SignIn, clock: Any, profile: str) -> None:
        app = sign_in(profile=profile)
        clock.shift(300)

        assert app.authorize(max_age="300").status_code == 200

    def test_the_time_of_the_login_may_be_essential(self, sign_in: SignIn) -> None:
        app = sign_in()
        session = app.browser.session
        del session["oauthcore_logged_in_at"]
        session.save()
        wanted = json.dumps({"id_token": {"auth_time": {"essential": True}}})

        assert app.authorize().status_code == 200
        assert app.authorize(claims=wanted).status_code == 302

    @pytest.mark.parametrize("max_age", ["-1", "x", "1.5"])
    def test_a_max_age_that_is_not_a_number_of_seconds_is_refused(
        self, sign_in: SignIn, max_age: str
    ) -> None:
        assert_refused(sign_in().authorize(max_age=max_age), "invalid_request")


class TestStrength:
    @pytest.mark.parametrize("acr_values", ["mfa", "urn:x", "1 2"])
    @pytest.mark.parametrize("prompt", [None, "none"])
    def test_acr_values_are_a_wish_and_refuse_nobody(
        self, sign_in: SignIn, acr_values: str, prompt: str | None
    ) -> None:
        app = sign_in()
        app.code()

        assert answer(app.authorize(acr_values=acr_values, prompt=prompt))["code"]

    def test_a_wish_that_the_person_can_meet_is_met(self, sign_in: SignIn, lovelace: Any) -> None:
        app = sign_in()
        app.code()
        switch_on(lovelace)

        assert "/login" in app.authorize(acr_values="mfa")["Location"]
        assert answer(app.authorize(acr_values="mfa", prompt="none"))["code"]

    @pytest.mark.openid("core", "5.5.1.1")
    @pytest.mark.parametrize("how", [{"value": "mfa"}, {"values": ["urn:x", "mfa"]}])
    def test_an_essential_acr_that_the_person_cannot_reach_is_refused(
        self, sign_in: SignIn, how: dict[str, Any]
    ) -> None:
        claims = json.dumps({"id_token": {"acr": {"essential": True, **how}}})

        assert_refused(sign_in().authorize(claims=claims), "unmet_authentication_requirements")

    def test_an_essential_acr_without_values_allows_any_login(self, sign_in: SignIn) -> None:
        claims = json.dumps({"id_token": {"acr": {"essential": True}}})

        assert sign_in().authorize(claims=claims, acr_values="mfa").status_code == 200

    @pytest.mark.rfc("9470", "5")
    def test_acr_values_are_required_if_a_resource_may_have_asked_for_them(
        self, sign_in: SignIn, settings: Settings
    ) -> None:
        app = sign_in()
        asked = {"scope": "openid read", "acr_values": "mfa"}
        assert_refused(app.authorize(**asked), "unmet_authentication_requirements")

        settings.OAUTHCORE = {**settings.OAUTHCORE, "STEP_UP": False}
        assert app.authorize(**asked).status_code == 200


class TestPushedRequests:
    def test_pushed_requests_have_the_same_parameters(self, sign_in: SignIn) -> None:
        app = sign_in()
        wanted = json.dumps({"userinfo": {"email": None}})
        own = {**app.parameters(scope="openid", claims=wanted), **app.registered.credentials}
        pushed = post("/oauth/par", own).json()
        query = {"client_id": app.registered.client_id, "request_uri": pushed["request_uri"]}

        page = app.browser.get("/oauth/authorize", query)
        assert "ada@example.org" in page.content.decode()
        form = {"transaction": page.context["transaction"], "claim": ["email"], "decision": "approve"}
        app.browser.post(page.context["form_action"], form)

        code = AuthorizationCode.objects.get()
        assert (code.nonce, code.grant.claims) == (NONCE, {"userinfo": ["email"], "id_token": []})

    @pytest.mark.parametrize("bad", [{"nonce": "n" * 256}, {"claims": "[]"}, {"max_age": "x"}])
    def test_pushed_requests_are_refused_for_the_same_reasons(
        self, sign_in: SignIn, bad: dict[str, str]
    ) -> None:
        app = sign_in()

        refused = post("/oauth/par", {**app.parameters(**bad), **app.registered.credentials})
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")


def test_a_public_application_signs_people_in_too(sign_in: SignIn) -> None:
    app = sign_in()
    public = type(app)(register_public(scopes=["openid"]), app.browser)

    public.code(scope="openid")
    assert Grant.objects.get().claims == {"userinfo": [], "id_token": []}


def test_without_openid_connect_there_is_no_such_scope(sign_in: SignIn, settings: Settings) -> None:
    app = sign_in()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert_refused(app.authorize(), "invalid_scope")
