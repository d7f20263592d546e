"""System checks of signing in: a second factor that cannot work or is not asked for, keys, limits."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.core.checks import ERROR, WARNING
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import include, path

from oauthcore.checks import signing_in
from oauthcore.checks.signing_in import check_other_logins, check_safekeeping, position
from oauthcore.pages.login import LoginView as OurLoginView
from tests.support.checks import found, ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")

MIDDLEWARE = "oauthcore.middleware.SecondFactorMiddleware"
DAY = 24 * 60 * 60


class Unasked:
    """A second factor that forgot half of what is asked of it."""

    def methods_of(self, user):
        return ()


class Demanding:
    def __init__(self, wanted):
        self.wanted = wanted


class OwnLoginView(LoginView):
    """A login form of the site's own."""


class Styled(OurLoginView):
    """Ours, as a site restyles it."""


class Mounted:
    """A URLconf with these routes beside oauthcore's."""

    def __init__(self, *routes):
        self.urlpatterns = [path("", include("oauthcore.urls")), *routes]


@pytest.fixture
def configure(settings):
    good = settings.OAUTHCORE

    def change(**keys):
        settings.OAUTHCORE = good | keys

    return change


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        ("E021", {"SECOND_FACTOR": ""}),
        ("E021", {"SECOND_FACTOR": "nowhere.Factor"}),
        ("E021", {"SECOND_FACTOR": "oauthcore.second_factor.Nothing"}),
        ("E021", {"SECOND_FACTOR": "tests.checks.test_signing_in.Unasked"}),
        ("E021", {"SECOND_FACTOR": "tests.checks.test_signing_in.Demanding"}),
        # Of an app that is not installed.
        ("E021", {"SECOND_FACTOR": "django.contrib.flatpages.models.FlatPage"}),
        ("E022", {"SECOND_FACTOR_KEYS": ["k" * 32, "k" * 31]}),
        ("E022", {"SECOND_FACTOR_KEYS": [""]}),
        ("E015", {"SECOND_FACTOR_KEYS": "k" * 32}),
        ("E015", {"SECOND_FACTOR": None}),
        ("E015", {"SECOND_FACTOR_LIMIT": [10, 0]}),
        ("E015", {"LOGIN_STRANGER_LIMIT": 50}),
        ("E023", {"DEVICES_PER_USER": 0}),
        ("E007", {"MFA_TOKEN_LIFETIME": 0}),
        ("E007", {"MFA_TOKEN_LIFETIME": 3601}),
        ("E007", {"KNOWN_ADDRESS_LIFETIME": 0}),
        ("E007", {"DEVICE_ACCESS_TOKEN_LIFETIME": 0}),
        ("E007", {"DEVICE_SESSION_IDLE_LIFETIME": -1}),
        ("E007", {"DEVICE_SESSION_LIFETIME": 0}),
        ("E007", {"DEVICE_SESSION_IDLE_LIFETIME": 366 * DAY}),
        ("E007", {"DEVICE_ACCESS_TOKEN_LIFETIME": 91 * DAY}),
    ],
    ids=str,
)
def test_a_setting_that_cannot_work_is_an_error_with_a_hint(number, keys, configure):
    configure(**keys)

    errors = found()

    assert {error.id for error in errors} == {f"oauthcore.{number}"}
    assert all(error.level == ERROR and error.hint for error in errors)


@pytest.mark.parametrize(
    "keys",
    [
        {"SECOND_FACTOR": "oauthcore.second_factor.NoSecondFactor"},
        {"SECOND_FACTOR_KEYS": ["k" * 32, "o" * 50]},
        {"MFA_TOKEN_LIFETIME": 3600},
        {"DEVICE_SESSION_IDLE_LIFETIME": 365 * DAY},
        {"DEVICE_SESSION_IDLE_LIFETIME": 900},
        {"DEVICES_PER_USER": 1},
    ],
    ids=str,
)
def test_a_setting_that_works_is_left_alone(keys, configure):
    configure(**keys)

    assert found() == []


def warnings_of(settings, *routes, with_middleware=False):
    """Return the names of the checks for a site with these routes, with the middleware or without it."""
    settings.ROOT_URLCONF = Mounted(*routes)
    if not with_middleware:
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != MIDDLEWARE]
    return [(one.id, one.level) for one in check_other_logins()]


@pytest.mark.parametrize(
    "route",
    [
        path("admin/", admin.site.urls),
        path("login", LoginView.as_view()),
        path("in/", include([path("own", OwnLoginView.as_view())])),
    ],
    ids=["the admin", "Django's", "the site's own"],
)
def test_a_login_form_that_asks_for_no_second_factor_is_warned_of(route, settings, configure):
    assert warnings_of(settings, route) == [("oauthcore.W003", WARNING)]

    configure(SECOND_FACTOR="oauthcore.second_factor.NoSecondFactor")
    assert warnings_of(settings, route) == []


def test_with_the_middleware_every_login_form_is_well(settings):
    assert warnings_of(settings, path("admin/", admin.site.urls), with_middleware=True) == []


def test_without_it_our_own_login_form_is_well(settings):
    routes = (
        path("login", OurLoginView.as_view()),
        path("log", Styled.as_view()),
        path("out", LogoutView.as_view()),
    )

    assert warnings_of(settings, *routes) == []


@pytest.mark.parametrize("place", ["before", "alone"])
def test_the_middleware_stands_behind_the_one_that_says_who_is_logged_in(place, settings):
    authentication = "django.contrib.auth.middleware.AuthenticationMiddleware"
    others = [one for one in settings.MIDDLEWARE if one not in (MIDDLEWARE, authentication)]
    settings.MIDDLEWARE = [*others, MIDDLEWARE, *([authentication] if place == "before" else [])]

    [error] = check_other_logins()

    assert (error.id, error.level) == ("oauthcore.E024", ERROR)


def test_middleware_that_cannot_be_loaded_is_left_to_the_server(settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "nowhere.Middleware"]

    assert check_other_logins() == []


class TestBeforeDeployment:
    @pytest.fixture(autouse=True)
    def _of_a_good_site(self, settings, configure, monkeypatch):
        configure(SECOND_FACTOR_KEYS=["k" * 32])
        self.database = settings.DATABASES["default"]
        self.patch = monkeypatch

    def counts_in(self, engine, name):
        self.patch.setitem(self.database, "ENGINE", f"django.db.backends.{engine}")
        self.patch.setitem(self.database, "NAME", name)
        return [(one.id, one.level) for one in check_safekeeping()]

    @pytest.mark.parametrize("name", [":memory:", "file:memorydb?mode=memory&cache=shared"])
    def test_limits_are_not_counted_by_each_process_for_itself(self, name):
        assert self.counts_in("sqlite3", name) == [("oauthcore.E025", ERROR)]

    def test_a_database_that_processes_share_is_well(self):
        assert self.counts_in("sqlite3", "/srv/mysite/db.sqlite3") == []
        assert self.counts_in("postgresql", "mysite") == []

    def test_seeds_that_hang_on_the_secret_key_alone_are_warned_of(self, configure):
        signs_nothing = {"JWT_ACCESS_TOKENS": False, "OPENID_CONNECT": False}
        assert self.counts_in("postgresql", "mysite") == []

        configure(SECOND_FACTOR_KEYS=[])
        assert self.counts_in("postgresql", "mysite") == [("oauthcore.W002", WARNING)]

        configure(SECOND_FACTOR="oauthcore.second_factor.NoSecondFactor")
        assert self.counts_in("postgresql", "mysite") == [("oauthcore.W002", WARNING)]  # of signing keys

        configure(SECOND_FACTOR="oauthcore.second_factor.NoSecondFactor", **signs_nothing)
        assert self.counts_in("postgresql", "mysite") == []

    def test_it_is_said_when_the_site_is_deployed_and_not_before(self, configure):
        configure(SECOND_FACTOR_KEYS=[])

        assert "oauthcore.W002" in ids(deploy=True)
        assert "oauthcore.W002" not in ids()


@pytest.mark.parametrize(
    "middleware", ["nowhere.Middleware", "tests.support.checks.found"], ids=["missing", "a function"]
)
def test_a_middleware_that_is_not_a_class_does_not_hide_the_next_ones(settings, middleware):
    settings.MIDDLEWARE = [middleware, *settings.MIDDLEWARE]

    assert position(CsrfViewMiddleware) == settings.MIDDLEWARE.index(
        "django.middleware.csrf.CsrfViewMiddleware"
    )


def test_a_site_without_the_admin_has_no_login_page_of_the_admin(monkeypatch):
    monkeypatch.setattr(signing_in.apps, "is_installed", lambda name: False)

    assert not signing_in._is_of_admin(admin.site.login)
