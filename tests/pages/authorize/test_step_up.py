"""An application asks for a recent or a strong login, and the person has to log in again (RFC 9470)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path

from oauthcore.api.django import scopes_required
from oauthcore.models import Grant
from oauthcore.recording.login_sessions import LOGGED_IN_AT
from tests.support.factories import PASSWORD, UserFactory, register
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.authenticator_app import STEP, switch_on

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@scopes_required("read", max_age=300, acr="mfa")
def guarded(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [path("guarded", guarded), path("", include("reference_site.urls"))]


@pytest.fixture
def ada(db, clock):
    return UserFactory(username="ada")


def logged_in(app=None):
    """Return an application at whose browser ada has just logged in, with her code where she has an app."""
    oauth = OAuthClient(register(), Client())
    log_in(oauth.browser, "/login", app)
    return oauth


def log_in(browser, address, app=None):
    """Log in again where an answer leads to, and return where the person comes out."""
    response = browser.post(address, {"username": "ada", "password": PASSWORD})
    if response["Location"] == STEP:
        response = browser.post(STEP, {"code": app.code()})
    return response["Location"]


def call(token):
    return Client().get("/guarded", headers={"authorization": f"Bearer {token}"})


def is_login(response):
    return response.status_code == 302 and urlsplit(response["Location"]).path == "/login"


class TestMaxAge:
    @pytest.mark.rfc("9470", "4")
    def test_a_login_that_is_recent_enough_is_not_asked_for_again(self, ada, clock):
        oauth = logged_in()
        clock.shift(300)

        assert oauth.authorize(max_age=300).status_code == 200

    @pytest.mark.rfc("9470", "4")
    @pytest.mark.parametrize(("max_age", "age"), [(300, 301), (0, 1)])
    def test_one_that_is_older_is_asked_for_once_and_not_in_a_loop(self, ada, clock, max_age, age):
        oauth = logged_in()
        clock.shift(age)

        led = oauth.authorize(max_age=max_age)
        assert is_login(led)
        back = log_in(oauth.browser, led["Location"])
        clock.shift(2)
        assert oauth.browser.get(back).status_code == 200

    def test_looking_at_the_login_page_is_not_enough(self, ada, clock):
        oauth = logged_in()
        clock.shift(301)
        led = oauth.authorize(max_age=300)
        oauth.browser.get(led["Location"])

        assert is_login(oauth.authorize(max_age=300))

    def test_nobody_logs_in_twice_who_was_not_logged_in(self, ada, clock):
        oauth = OAuthClient(register(), Client())
        back = log_in(oauth.browser, oauth.authorize(max_age=0)["Location"])
        clock.shift(1)

        assert oauth.browser.get(back).status_code == 200

    @pytest.mark.rfc("9470", "5")
    def test_silently_it_is_refused(self, ada, clock):
        oauth = logged_in()
        oauth.tokens()
        clock.shift(301)

        assert answer(oauth.authorize(max_age=301, prompt="none"))["code"]
        assert answer(oauth.authorize(max_age=300, prompt="none"))["error"] == "login_required"

    @pytest.mark.parametrize("max_age", ["-1", "x", "1.5", "1" * 12, "٣"])
    def test_what_is_no_number_of_seconds_is_an_invalid_request(self, ada, max_age):
        assert answer(logged_in().authorize(max_age=max_age))["error"] == "invalid_request"


class TestAcrValues:
    @pytest.mark.rfc("9470", "4")
    def test_the_second_factor_is_asked_for_where_it_was_not_shown(self, ada):
        oauth = logged_in()
        app = switch_on(ada)

        led = oauth.authorize(acr_values="mfa")
        assert is_login(led)
        back = log_in(oauth.browser, led["Location"], app)
        assert oauth.browser.get(back).status_code == 200

    @pytest.mark.parametrize("acr_values", ["mfa", "pwd", "mfa pwd", "pwd urn:x", None])
    def test_a_login_with_the_second_factor_is_enough_for_all(self, ada, acr_values):
        assert logged_in(switch_on(ada)).authorize(acr_values=acr_values).status_code == 200

    @pytest.mark.rfc("9470", "5")
    @pytest.mark.parametrize("acr_values", ["mfa", "urn:x", "urn:x mfa"])
    def test_what_the_person_cannot_reach_is_told_to_the_application(self, ada, acr_values):
        refused = answer(logged_in().authorize(acr_values=acr_values))

        assert refused["error"] == "unmet_authentication_requirements"

    def test_so_it_is_where_a_login_of_the_site_does_not_ask_for_it(self, ada):
        oauth = logged_in()
        app = switch_on(ada)
        back = log_in(oauth.browser, oauth.authorize(acr_values="mfa")["Location"], app)
        session = oauth.browser.session
        del session["oauthcore_second_step_at"]
        session.save()

        assert answer(oauth.browser.get(back))["error"] == "unmet_authentication_requirements"

    @pytest.mark.rfc("9470", "4")
    @pytest.mark.parametrize("acr_values", ["pwd", "mfa pwd"])
    def test_one_factor_is_enough_where_it_is_among_the_values(self, ada, acr_values):
        assert logged_in().authorize(acr_values=acr_values).status_code == 200


class TestTheToken:
    @pytest.mark.rfc("9470", "6.2")
    def test_introspection_tells_when_and_how_the_person_logged_in(self, ada, clock):
        oauth = logged_in(switch_on(ada))
        clock.shift(60)
        issued = oauth.tokens()
        clock.shift(60)
        refreshed = oauth.refresh(issued["refresh_token"]).json()

        for one in (issued, refreshed):
            told = oauth.introspect(one["access_token"]).json()
            assert (told["acr"], told["iat"] - told["auth_time"] >= 60) == ("mfa", True)
        own = oauth.token(grant_type="client_credentials", scope="read").json()["access_token"]
        assert not {"acr", "auth_time"} & oauth.introspect(own).json().keys()

    @pytest.mark.rfc("9470", "3")
    def test_a_client_steps_up_when_a_view_asks_it_to(self, ada, clock):
        oauth = logged_in()
        app = switch_on(ada)
        refused = call(oauth.tokens()["access_token"])

        assert (refused.status_code, refused.json()["error"]) == (401, "insufficient_user_authentication")
        assert 'error="insufficient_user_authentication"' in refused["WWW-Authenticate"]
        assert 'scope="read", acr_values="mfa", max_age="300"' in refused["WWW-Authenticate"]

        back = log_in(oauth.browser, oauth.authorize(acr_values="mfa", max_age=300)["Location"], app)
        code = answer(oauth.browser.get(back))["code"]
        token = oauth.redeem(code).json()["access_token"]
        assert call(token).status_code == 200

        clock.shift(301)
        assert call(token).json()["error"] == "insufficient_user_authentication"


@pytest.mark.parametrize("is_legacy", [False, True])
def test_a_site_without_it_and_a_legacy_application_ignore_it(ada, settings, is_legacy):
    oauth = logged_in()
    if is_legacy:
        oauth = OAuthClient(register(profile="oauth2.0"), oauth.browser)
    else:
        settings.OAUTHCORE = settings.OAUTHCORE | {"STEP_UP": False}

    issued = oauth.tokens(max_age="x", acr_values="mfa")

    assert issued["scope"] == "read"
    if not is_legacy:
        assert (Grant.objects.get().authenticated_at, Grant.objects.get().acr) == (None, "")
        assert not {"acr", "auth_time"} & oauth.introspect(issued["access_token"]).json().keys()


def test_the_second_factor_alone_is_no_new_login(ada, clock):
    """The page for another password asks for it again. That answers no application that wants a login."""
    app = switch_on(ada)
    oauth = logged_in(app)
    at = oauth.browser.session[LOGGED_IN_AT]
    clock.shift(1000)
    asked = oauth.authorize(prompt="login")
    assert is_login(asked)

    assert oauth.browser.get("/oauth/security/password")["Location"] == STEP
    assert oauth.browser.post(STEP, {"code": app.code()})["Location"] == "/oauth/security/password"

    assert oauth.browser.get("/oauth/security/password").status_code == 200
    assert oauth.browser.session[LOGGED_IN_AT] == at
    assert is_login(oauth.authorize(max_age="300"))
