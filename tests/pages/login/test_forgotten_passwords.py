"""The login page leads people who forgot their password on, where the site has a page for that."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import views as auth
from django.test import Client
from django.urls import include, path

from oauthcore.pages.login import LoginView

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("a link to a page of the site"),
]

LINK = '<a href="/forgotten">Forgot your password?</a>'


class Routes:
    """A URLconf with the login page and, under a name, a page for people who forgot their password."""

    def __init__(self, name: str | None) -> None:
        forgotten = [] if name is None else [path("forgotten", auth.PasswordResetView.as_view(), name=name)]
        self.urlpatterns: list[Any] = [
            path("", include("oauthcore.urls")),
            path("", include("reference_site.playground.urls")),
            path("login", LoginView.as_view(), name="login"),
            *forgotten,
        ]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("password_reset", True), ("account_reset_password", True), ("another_name", False), (None, False)],
    ids=["Django's", "allauth's", "another page", "none"],
)
def test_there_is_a_link_to_the_page_that_django_or_allauth_has_for_it(
    name: str | None, is_there: bool, settings: Any
) -> None:
    settings.ROOT_URLCONF = Routes(name)

    page = Client().get("/login").content.decode()

    assert (LINK in page) is is_there
    assert ("Forgot your password?" in page) is is_there
