"""How access tokens look: the developer chooses, where the site has JWTs."""

from __future__ import annotations

import pytest

from oauthcore.models import AccessTokenFormat, Application, Profile, SecurityEvent
from tests.support.pages.developer import problems_in

JWT, OPAQUE = AccessTokenFormat.JWT, AccessTokenFormat.OPAQUE


def now(application: Application) -> str:
    return Application.objects.get(pk=application.pk).access_token_format


@pytest.fixture
def without_jwts(settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "JWT_ACCESS_TOKENS": False}


def test_a_developer_chooses_jwts_and_goes_back(grace, press):
    assert now(press) == OPAQUE
    grace.change(press, access_token_format="jwt")
    assert now(press) == JWT
    assert SecurityEvent.objects.get().reason == "access_token_format"
    grace.change(press, access_token_format="opaque")
    assert now(press) == OPAQUE


def test_the_page_shows_what_was_chosen(grace, press):
    Application.objects.update(access_token_format=JWT)
    page = grace.browser.get(f"/oauth/applications/{press.pk}/edit").content.decode()

    assert 'name="access_token_format" value="jwt" checked' in page
    assert 'id="id_access_token_format" value="opaque">' in page


def test_a_form_that_says_nothing_of_it_leaves_it_as_it_is(grace, press):
    Application.objects.update(access_token_format=JWT)
    grace.change(press, access_token_format="", name="Another name")

    assert now(press) == JWT


def test_another_value_is_refused_with_words(grace, press):
    answer = grace.change(press, access_token_format="xml")

    assert problems_in(answer) == {
        "access_token_format": ["Choose one of the values that are offered."],
    }
    assert now(press) == OPAQUE


def test_a_new_application_can_have_them_at_once(grace):
    grace.register(access_token_format="jwt")

    assert Application.objects.get().access_token_format == JWT


def test_a_site_without_jwts_does_not_ask_and_keeps_what_was_chosen(grace, press, without_jwts):
    Application.objects.update(access_token_format=JWT)
    page = grace.browser.get(f"/oauth/applications/{press.pk}/edit").content.decode()
    grace.change(press, access_token_format="opaque")

    assert "access_token_format" not in page
    assert now(press) == JWT


def test_a_legacy_application_is_not_asked(grace, press):
    Application.objects.update(profile=Profile.OAUTH_2_0)
    page = grace.browser.get(f"/oauth/applications/{press.pk}/edit").content.decode()

    assert "access_token_format" not in page
