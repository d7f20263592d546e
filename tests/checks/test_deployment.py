"""What ``check --deploy`` finds around the site: cookies, hosts, mail, servers, and the root of the host."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.urls import include, path, set_script_prefix

from oauthcore.api.oauth.metadata import (
    authorization_server_metadata,
    openid_configuration,
    protected_resource_metadata,
)
from oauthcore.pages.login import LoginView
from tests.support.mail import mail_through

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("system checks read settings alone")]

urlpatterns = [
    path("auth/", include("oauthcore.urls")),
    path("login", LoginView.as_view(), name="login"),
]


class WithRoot:
    urlpatterns = [*urlpatterns, path("", include("oauthcore.urls.well_known"))]


class WithViews:
    urlpatterns = [
        *urlpatterns,
        path(".well-known/oauth-authorization-server", authorization_server_metadata),
        path(".well-known/oauth-protected-resource", protected_resource_metadata),
        path(".well-known/openid-configuration", openid_configuration),
    ]


@pytest.fixture(autouse=True)
def good(settings, monkeypatch):
    mail_through(settings, "smtp")
    settings.ALLOWED_HOSTS = ["testserver"]
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)


def found(*, deploy=True):
    ids = {f"oauthcore.{one}" for one in ("E030", "W020", "W021", "W022", "W023", "W024")}
    messages = [one for one in run_checks(include_deployment_checks=deploy) if one.id in ids]
    assert all(one.hint for one in messages)
    return [one.id.removeprefix("oauthcore.") for one in messages]


def test_nothing_is_found_where_all_is_well():
    assert found() == []


@pytest.mark.parametrize("value", ["Strict", "strict"])
def test_a_session_cookie_that_stays_away_from_the_authorize_page(value, settings):
    settings.SESSION_COOKIE_SAMESITE = value
    assert found() == ["W020"]
    assert found(deploy=False) == []

    for other in ("Lax", "None", False):
        settings.SESSION_COOKIE_SAMESITE = other
        assert found() == []


@pytest.mark.parametrize(
    ("issuer", "hosts"),
    [
        ("https://id.example", []),
        ("https://id.example", ["www.id.example", "example"]),
        ("https://[2001:db8::1]", ["2001:db8::1"]),
    ],
)
def test_an_issuer_whose_host_django_refuses(issuer, hosts, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": issuer}
    settings.ALLOWED_HOSTS = hosts

    assert found() == ["E030"]


@pytest.mark.parametrize(
    ("issuer", "hosts"),
    [
        ("https://id.example:8443/auth", ["id.example"]),
        ("https://id.example", [".example"]),
        ("https://ID.example", ["id.example"]),
        ("https://[2001:db8::1]", ["[2001:db8::1]"]),
        ("https://id.example", ["*"]),
    ],
)
def test_an_issuer_whose_host_django_takes(issuer, hosts, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": issuer}
    settings.ALLOWED_HOSTS = hosts

    assert "E030" not in found()


@pytest.mark.parametrize("kind", ["console", "dummy", "locmem"])
def test_mail_that_reaches_nobody(kind, settings):
    mail_through(settings, kind)

    assert found() == ["W021"]


def test_mail_as_newer_djangos_are_told_of_it(settings):
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
    assert found() == ["W021"]

    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend"}}
    assert found() == []


def test_mail_that_is_written_to_files_may_be_meant(settings):
    mail_through(settings, "filebased")

    assert found() == []


def test_forms_that_nobody_checks(settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "csrf" not in one]

    assert found() == ["W022"]


@pytest.mark.parametrize("value", ["*", "127.0.0.1, *"])
def test_a_server_that_believes_everybody(value, settings, monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", value)
    assert found() == ["W024"]

    settings.ASGI_APPLICATION = None
    assert found() == []


def test_a_server_that_believes_its_proxy(monkeypatch):
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "127.0.0.1")

    assert found() == []


@pytest.mark.urls(__name__)
def test_documents_that_are_below_a_prefix_alone(settings):
    assert found() == ["W023"]

    settings.ROOT_URLCONF = WithRoot
    assert found() == []


@pytest.mark.urls(__name__)
def test_an_issuer_with_a_path_has_its_documents_there_too(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "https://testserver/auth"}
    settings.ROOT_URLCONF = WithViews
    assert found() == ["W023"]

    settings.ROOT_URLCONF = WithRoot
    assert found() == []


@pytest.mark.urls(__name__)
def test_views_that_are_mounted_one_by_one_will_do(settings):
    settings.ROOT_URLCONF = WithViews

    assert found() == []


@pytest.mark.urls(__name__)
def test_where_a_proxy_has_the_root_nobody_can_look():
    set_script_prefix("/photos")
    try:
        assert found() == []
    finally:
        set_script_prefix("/")


@pytest.mark.urls("reference_site.playground.urls")
def test_routes_that_are_not_mounted_at_all_are_for_another_check():
    assert "W023" not in found()


def test_settings_that_mean_nothing_are_mended_first(settings):
    settings.OAUTHCORE = {"ISSUER": ""}
    settings.ALLOWED_HOSTS = []

    assert found() == []
