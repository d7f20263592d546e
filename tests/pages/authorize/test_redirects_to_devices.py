"""Addresses on a person's device: schemes that the site lists, and localhost (wire §2.2, RFC 8252 §7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.factories import register, register_public
from tests.support.oauth import OAuthClient
from tests.support.pages.refusals import assert_shown_on_a_page

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirect URIs are compared in Python"),
]


def test_a_scheme_that_the_site_lists_works_while_it_is_listed(printer: OAuthClient, settings: Any) -> None:
    before, uri = settings.OAUTHCORE, "cursor://anysphere.cursor-deeplink/cb"
    settings.OAUTHCORE = before | {"REDIRECT_SCHEMES": ["cursor"]}
    device = OAuthClient(register(redirect_uris=[uri]), printer.browser)

    assert device.decide(redirect_uri=uri)["Location"].startswith(f"{uri}?code=")
    settings.OAUTHCORE = before
    assert device.authorize(redirect_uri=uri).status_code == 400


@pytest.mark.parametrize("profile", ["oauth2.1", "oauth2.0"])
@pytest.mark.parametrize("registered", ["http://localhost/cb", "http://localhost:8000/cb"])
def test_a_public_application_listens_on_any_port_of_localhost(
    printer: OAuthClient, registered: str, profile: str
) -> None:
    program = OAuthClient(register_public(redirect_uris=[registered], profile=profile), printer.browser)
    uri = "http://localhost:51004/cb"

    code = program.code(redirect_uri=uri)

    assert program.redeem(code, redirect_uri=registered).json()["error"] == "invalid_grant"
    assert program.redeem(code, redirect_uri=uri).status_code == 200
    assert program.authorize(redirect_uri=uri).context["transaction"], "it is asked about each time"


def test_a_confidential_application_does_not(printer: OAuthClient) -> None:
    server = OAuthClient(register(redirect_uris=["http://localhost:8000/cb"]), printer.browser)

    assert server.authorize(redirect_uri="http://localhost:8000/cb").status_code == 200
    assert_shown_on_a_page(server.authorize(redirect_uri="http://localhost:51004/cb"))
    assert_shown_on_a_page(server.authorize(redirect_uri="http://localhost/cb"))
