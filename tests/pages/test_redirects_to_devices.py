"""Addresses on a person's device: schemes that the site lists, and localhost (contract §2.2, RFC 8252 §7)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import register
from tests.oauth import OAuthClient

pytestmark = pytest.mark.django_db


def test_a_scheme_that_the_site_lists_works_while_it_is_listed(printer: OAuthClient, settings: Any) -> None:
    before, uri = settings.OAUTHCORE, "cursor://anysphere.cursor-deeplink/cb"
    settings.OAUTHCORE = before | {"REDIRECT_SCHEMES": ["cursor"]}
    device = OAuthClient(register(redirect_uris=[uri]), printer.browser)

    assert device.decide(redirect_uri=uri)["Location"].startswith(f"{uri}?code=")
    settings.OAUTHCORE = before
    assert device.authorize(redirect_uri=uri).status_code == 400
