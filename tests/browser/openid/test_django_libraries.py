"""Small Django sites that sign people in with mozilla-django-oidc and with django-allauth, as they come."""

from __future__ import annotations

import re

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.support.browser.signing_in import Visitor
from tests.support.relying_parties.registering import register_site

CALLBACKS = {"with_mozilla": "oidc/callback/", "with_allauth": "accounts/oidc/lumen/login/callback/"}

each_library = pytest.mark.parametrize("running_site", CALLBACKS, indirect=True)


@pytest.fixture
def small_site(request: pytest.FixtureRequest, running_site: str, provider: LiveServer) -> str:
    """The running small site, registered."""
    library = request.node.callspec.params["running_site"]
    register_site(library, running_site, callback=CALLBACKS[library], after_logout="")
    return running_site


@each_library
def test_a_person_signs_in_and_the_site_knows_name_and_address(visitor: Visitor, small_site: str) -> None:
    visitor.sign_in(small_site)
    visitor.is_greeted()

    visitor.page.context.clear_cookies(name=re.compile("_session$"))
    visitor.press_button(small_site)
    visitor.is_greeted()
