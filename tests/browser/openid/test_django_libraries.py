"""Small Django sites that sign people in with mozilla-django-oidc and with django-allauth, unchanged."""

from __future__ import annotations

import re

import pytest

from tests.support.browser.signing_in import Visitor

each_library = pytest.mark.parametrize("running_site", ["with_mozilla", "with_allauth"], indirect=True)


@each_library
def test_a_person_signs_in_and_the_site_knows_name_and_address(visitor: Visitor, small_site: str) -> None:
    visitor.sign_in(small_site)
    visitor.is_greeted()

    visitor.page.context.clear_cookies(name=re.compile("_session$"))
    visitor.press_button(small_site)
    visitor.is_greeted()
