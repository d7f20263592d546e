"""The OAuth endpoints as Mastodon documents them: exact texts, exact members, odd parameters."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.dialects.mastodon import CALLBACK, MastodonClient
from tests.support.oauth import answer, is_live, post

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts and members of answers; the grants behind them run everywhere"),
]

INVALID_GRANT = {
    "error": "invalid_grant",
    "error_description": "The provided authorization grant is invalid, expired, revoked, does not match the "
    "redirection URI used in the authorization request, or was issued to another client.",
}
INVALID_SCOPE = {
    "error": "invalid_scope",
    "error_description": "The requested scope is invalid, unknown, or malformed.",
}
INVALID_CLIENT = {
    "error": "invalid_client",
    "error_description": "Client authentication failed due to unknown client, no client authentication "
    "included, or unsupported authentication method.",
}
UNAUTHORIZED_CLIENT = {
    "error": "unauthorized_client",
    "error_description": "You are not authorized to revoke this token",
}


@pytest.fixture
def oauth():
    return MastodonClient.at_the_browser_of(scopes="read write follow push")


def test_the_token_answer_has_the_members_that_are_documented_and_no_others(oauth):
    tokens = oauth.tokens(scope="read write follow push")

    assert set(tokens) == {"access_token", "token_type", "scope", "created_at"}
    assert tokens["token_type"] == "Bearer"
    assert isinstance(tokens["created_at"], int)


def test_a_code_that_is_wrong_or_was_used_before(oauth):
    code = oauth.code()
    oauth.redeem(code)

    for wrong in (code, "qDFUEaYrRK5c-HNmTCJbAzazwLRInJ7VHFat0wcMgCU"):
        refused = oauth.redeem(wrong)
        assert (refused.status_code, refused.json()) == (400, INVALID_GRANT)


def test_a_code_with_another_redirect_uri_or_at_another_application(oauth):
    another = MastodonClient.at_the_browser_of()

    for refused in (
        oauth.redeem(oauth.code(), redirect_uri=f"{CALLBACK}/other"),
        another.redeem(oauth.code()),
    ):
        assert (refused.status_code, refused.json()) == (400, INVALID_GRANT)


def test_a_scope_that_was_not_included_when_registering(oauth):
    refused = MastodonClient.at_the_browser_of().own_token(scope="read write")

    assert (refused.status_code, refused.json()) == (400, INVALID_SCOPE)


def test_a_client_id_and_secret_that_do_not_match(oauth):
    for changes in ({"client_secret": "guess"}, {"client_id": "guess"}, {"client_secret": None}):
        refused = oauth.own_token(**changes)
        assert (refused.status_code, refused.json()) == (401, INVALID_CLIENT)
        assert refused["WWW-Authenticate"].startswith("Basic ")


def test_a_token_that_is_ones_own_is_revoked_and_again_and_one_that_nobody_knows(oauth):
    token = oauth.tokens()["access_token"]

    for text in (token, token, "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"):
        revoked = oauth.revoke(text)
        assert (revoked.status_code, revoked.json()) == (200, {})
    assert not is_live(token)


def test_a_token_one_does_not_own_or_none_at_all(oauth):
    token = oauth.tokens()["access_token"]
    another = MastodonClient.at_the_browser_of()

    for refused in (another.revoke(token), another.revoke(None), another.revoke("")):
        assert (refused.status_code, refused.json()) == (403, UNAUTHORIZED_CLIENT)
    in_the_query = post(f"/oauth/revoke?token={token}", another.registered.credentials)
    assert (in_the_query.status_code, in_the_query.json()) == (403, UNAUTHORIZED_CLIENT)
    assert is_live(token)


def test_the_token_to_revoke_may_stand_in_the_header_too_where_it_is_not_looked_for(oauth):
    token = oauth.tokens()["access_token"]

    revoked = post(
        "/oauth/revoke", oauth.registered.credentials | {"token": token}, authorization=f"Bearer {token}"
    )

    assert (revoked.status_code, revoked.json()) == (200, {})
    assert not is_live(token)


def test_none_as_text_is_a_state_like_any_other_and_no_language(oauth):
    asked = {"state": "None", "lang": "None", "force_login": "False"}

    page = oauth.authorize(**asked)
    answered = answer(oauth.decide(**asked))

    assert page.status_code == 200
    assert (answered["state"], "code" in answered) == ("None", True)


def test_lang_sets_the_language_of_the_page_where_the_site_has_it(oauth, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    for lang, shown in (("de", "de"), ("xx", "en"), ("None", "en"), ("../..", "en"), ("", "en")):
        assert f'<html lang="{shown}"' in oauth.authorize(lang=lang).content.decode(), lang


def test_a_person_who_comes_with_force_login_gives_credentials_again(oauth):
    response = oauth.authorize(force_login="True")

    assert response.status_code == 302
    assert response["Location"].startswith("/login")


def test_the_whole_way_needs_no_pkce(oauth):
    tokens = oauth.tokens(scope="read")

    assert is_live(tokens["access_token"])
    assert Client().post("/oauth/token", oauth.registered.credentials).status_code == 400
