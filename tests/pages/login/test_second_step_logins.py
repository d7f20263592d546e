"""No way round the second step, whichever login somebody used."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from pytest_django import Settings

from oauthcore.models import AuthorizationCode, Grant
from tests.support.factories import PASSWORD, UserFactory, register, sign_in_token
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, next_in, show_password, switch_on
from tests.support.reference_site.factories import MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirects; challenges run everywhere in flows"),
]


@pytest.fixture
def app(ada: Any, clock: Any) -> AuthenticatorApp:
    return switch_on(ada)


@pytest.fixture
def own_logins(settings: Settings) -> None:
    """The site has logins of its own."""
    settings.ROOT_URLCONF = "tests.support.sites.own_logins"


@pytest.fixture
def half_in(app: AuthenticatorApp, ada: Any) -> Client:
    """A browser in which a login of the site's own has logged ada in."""
    browser = Client()
    browser.force_login(ada)
    return browser


def logged_in(app: AuthenticatorApp, *, steps: int = 0) -> Client:
    """Return a browser in which ada is logged in, second factor and all."""
    browser = Client()
    show_password(browser)
    assert browser.post(STEP, {"code": app.code(steps=steps)}).status_code == 303
    return browser


class TestTheAuthorizePage:
    def test_asks_for_the_second_step_first_and_is_come_back_to(
        self, half_in: Client, app: AuthenticatorApp
    ) -> None:
        oauth = OAuthClient(register(), half_in)

        asked = oauth.authorize()

        assert asked["Location"].startswith(f"{STEP}?next=")
        assert half_in.get(asked["Location"]).status_code == 200
        assert half_in.post(STEP, {"code": app.code()})["Location"] == next_in(asked)
        assert oauth.authorize().status_code == 200

    def test_says_that_nobody_is_logged_in_where_it_must_not_ask(self, half_in: Client) -> None:
        refused = OAuthClient(register(), half_in).authorize(prompt="none")

        assert answer(refused)["error"] == "login_required"

    def test_gives_a_trusted_application_nothing_either(self, half_in: Client) -> None:
        registered = register()
        registered.application.is_trusted = True
        registered.application.save()

        assert OAuthClient(registered, half_in).authorize()["Location"].startswith(STEP)
        assert not AuthorizationCode.objects.exists()

    def test_takes_no_decision_of_a_session_that_was_cut_back(self, app: AuthenticatorApp, ada: Any) -> None:
        oauth = OAuthClient(register(), logged_in(app))
        transaction = oauth.authorize().context["transaction"]
        oauth.browser.force_login(ada)

        assert oauth.decide(transaction=transaction)["Location"].startswith(STEP)
        assert not Grant.objects.exists()

    def test_takes_no_page_that_was_shown_before_the_login(self, app: AuthenticatorApp, clock: Any) -> None:
        oauth = OAuthClient(register(), logged_in(app))
        transaction = oauth.authorize().context["transaction"]
        clock.shift(60)
        show_password(oauth.browser)
        oauth.browser.post(STEP, {"code": app.code()})

        assert oauth.decide(transaction=transaction).status_code == 400
        assert not Grant.objects.exists()

    def test_takes_the_password_alone_for_no_new_login(self, app: AuthenticatorApp, clock: Any) -> None:
        oauth = OAuthClient(register(), logged_in(app))
        clock.shift(60)
        wanted = next_in(oauth.authorize(prompt="login"))
        show_password(oauth.browser, next_url=wanted)

        assert oauth.browser.get(wanted)["Location"].startswith("/oauth/login-again?next=")
        assert oauth.browser.post(STEP, {"code": app.code()})["Location"] == wanted
        assert oauth.browser.get(wanted).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/try/callback",
        "/admin/",
        "/admin/auth/user/",
        "/admin/oauthcore/servicetoken/",
        "/admin/oauthcore/servicetoken/add/",
        "/admin/oauthcore/grant/",
        "/oauth/connections/",
        "/oauth/security/",
        "/oauth/applications/",
        "/oauth/applications/new",
        "/oauth/applications/check",
    ],
)
def test_every_page_leads_to_the_second_step(half_in: Client, ada: Any, path: str) -> None:
    type(ada).objects.update(is_staff=True, is_superuser=True)

    for method in (half_in.get, half_in.post):
        answered = method(path)
        if answered.status_code != 405:
            assert answered["Location"] == f"{STEP}?next={path.replace('/', '%2F')}", answered.content


def test_an_address_that_is_not_there_tells_no_more_than_to_anybody(half_in: Client) -> None:
    missing = half_in.get("/nothing/here")

    assert missing.status_code == 404
    assert not re.search(rb"\bada\b", missing.content), "the ID of a request may have these three letters"


def test_a_token_works_in_a_browser_that_is_half_in_and_the_session_does_not(
    half_in: Client, ada: Any
) -> None:
    account = MembershipFactory(user=ada).account
    token = sign_in_token(ada, account.pk)

    assert half_in.get("/v1/images").status_code == 401
    assert half_in.get("/v1/images", headers={"Authorization": f"Bearer {token}"}).status_code == 200


@pytest.mark.usefixtures("own_logins")
@pytest.mark.parametrize("path", ["/profile", "/v1/profile", "/v1/profile/async"])
def test_on_a_json_route_nobody_is_logged_in_before_the_second_step(
    half_in: Client, app: AuthenticatorApp, path: str
) -> None:
    assert half_in.get(path).json() == {"user": ""}
    assert logged_in(app).get(path).json() == {"user": "ada"}


@pytest.mark.usefixtures("own_logins")
class TestDoorsOfTheSite:
    @pytest.mark.parametrize("login", ["/plain", "/careless", "/admin/login/"])
    def test_lead_no_further_than_to_the_second_step(
        self, ada: Any, app: AuthenticatorApp, login: str
    ) -> None:
        type(ada).objects.update(is_staff=True)
        browser = Client()
        assert browser.post(login, {"username": "ada", "password": PASSWORD}).status_code in (200, 302)

        assert browser.get("/album")["Location"] == f"{STEP}?next=%2Falbum"

        assert browser.post(f"{STEP}?next=/album", {"code": app.code()})["Location"] == "/album"
        assert browser.get("/album").content == b"The album of ada"

    def test_cannot_be_held_open_by_a_second_factor_that_breaks(self, ada: Any, settings: Settings) -> None:
        settings.OAUTHCORE = {
            **settings.OAUTHCORE,
            "SECOND_FACTOR": "tests.support.second_factors.BrokenFactor",
        }
        browser = Client(raise_request_exception=False)
        browser.post("/careless", {"username": "ada", "password": PASSWORD})

        assert browser.get("/album")["Location"].startswith(STEP)
        assert browser.get(STEP).status_code == 500
        assert browser.post(STEP, {"code": "123456"}).status_code == 500
        assert browser.get("/album")["Location"].startswith(STEP)

    def test_are_shut_after_a_password_was_reset_by_mail(self, ada: Any, app: AuthenticatorApp) -> None:
        browser = Client()
        uid, token = urlsafe_base64_encode(force_bytes(ada.pk)), default_token_generator.make_token(ada)
        form = browser.get(f"/reset/{uid}/{token}/")["Location"]
        new = "another long walk"
        assert browser.post(form, {"new_password1": new, "new_password2": new})["Location"] == "/album"

        assert browser.get("/album")["Location"].startswith(STEP)

    def test_cannot_be_opened_by_changing_the_password(self, half_in: Client) -> None:
        new = {"old_password": PASSWORD, "new_password1": "a longer walk", "new_password2": "a longer walk"}

        assert half_in.post("/change", new)["Location"].startswith(STEP)
        assert half_in.login(username="ada", password=PASSWORD)

    def test_stay_open_for_logging_out_and_in_as_somebody_else(self, half_in: Client) -> None:
        UserFactory(username="ben")

        assert half_in.post("/plain", {"username": "ben", "password": PASSWORD})["Location"] == "/album"
        assert half_in.get("/album").content == b"The album of ben"

    def test_of_a_site_that_asks_for_a_login_everywhere_are_as_open(
        self, app: AuthenticatorApp, settings: Settings
    ) -> None:
        settings.MIDDLEWARE = [
            *settings.MIDDLEWARE,
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
        ]
        browser = Client()
        assert show_password(browser, next_url="/album")["Location"] == STEP
        assert browser.get(STEP).status_code == 200
        assert browser.get("/album")["Location"] == "/login?next=/album"

        assert browser.post(STEP, {"code": app.code()})["Location"] == "/album"
        assert browser.get("/album").content == b"The album of ada"
