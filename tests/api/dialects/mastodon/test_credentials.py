"""``verify_credentials``: an application asks about itself, or about the person it acts for (wire §4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.support.dialects.mastodon import CALLBACK, MastodonClient, get
from tests.support.factories import UserFactory, bearer, open_grant, service_token
from tests.support.reference_site.factories import AccountFactory

pytestmark = pytest.mark.django_db

APPS = "/api/v1/apps/verify_credentials"
ACCOUNTS = "/api/v1/accounts/verify_credentials"
both = pytest.mark.parametrize("path", [APPS, ACCOUNTS])


@pytest.fixture
def ada():
    joined = datetime(2024, 2, 29, 13, 37, tzinfo=UTC)
    return UserFactory(username="ada", first_name="Ada", last_name="Lovelace", date_joined=joined)


@pytest.mark.parametrize("whose", ["the person's", "the application's"])
def test_an_application_learns_what_it_is_from_any_of_its_tokens(whose, ada):
    oauth = MastodonClient.at_the_browser_of(ada, scopes="read push", website="https://tusky.example")
    tokens = oauth.tokens(scope="push") if whose == "the person's" else oauth.own_token(scope="push").json()

    answer = get(APPS, tokens["access_token"])

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(oauth.registered.application.pk),
        "name": "Tusky",
        "website": "https://tusky.example",
        "scopes": ["push", "read"],
        "redirect_uri": CALLBACK,
        "redirect_uris": [CALLBACK],
        "vapid_key": "",
    }


def test_applications_of_every_other_kind_may_ask_too():
    assert get(APPS, bearer(scopes=["api.images.read"])).json()["name"] == "Photo Printer"


def test_an_application_learns_who_the_person_is(ada):
    oauth = MastodonClient.at_the_browser_of(ada)

    person = get(ACCOUNTS, oauth.tokens()["access_token"]).json()

    assert person["id"] == str(ada.pk)
    assert (person["username"], person["acct"]) == ("ada", "ada")
    assert person["display_name"] == "Ada Lovelace"
    assert person["created_at"] == "2024-02-29T00:00:00.000Z"


def test_a_person_without_a_full_name_is_shown_by_their_username():
    oauth = MastodonClient.at_the_browser_of(UserFactory(username="grace"))

    assert get(ACCOUNTS, oauth.tokens()["access_token"]).json()["display_name"] == "grace"


def test_strict_clients_find_every_member_they_want_of_a_person(ada):
    person = get(ACCOUNTS, MastodonClient.at_the_browser_of(ada).tokens()["access_token"]).json()

    assert all(isinstance(person[name], str) for name in ("id", "note", "url", "avatar", "header"))
    assert all(person[name].startswith("https://testserver") for name in ("url", "avatar", "header_static"))
    assert all(person[name] is False for name in ("locked", "bot", "group", "discoverable"))
    assert all(person[name] == 0 for name in ("followers_count", "following_count", "statuses_count"))
    assert (person["emojis"], person["fields"]) == ([], [])
    assert set(person["source"]) >= {"note", "fields", "privacy", "sensitive", "language"}
    assert None not in person.values()
    assert not {"email", "password", "is_staff"} & set(person)


@pytest.mark.parametrize("scope", ["read:accounts", "read", "read:accounts push"])
def test_the_scope_read_accounts_lets_it_ask_who_the_person_is(scope, ada):
    oauth = MastodonClient.at_the_browser_of(ada, scopes="read write push")

    assert get(ACCOUNTS, oauth.tokens(scope=scope)["access_token"]).status_code == 200


@pytest.mark.parametrize("scope", ["read:statuses", "write:accounts", "write", "follow", "push"])
def test_no_other_scope_does(scope, ada):
    oauth = MastodonClient.at_the_browser_of(ada, scopes="read write push follow")

    answer = get(ACCOUNTS, oauth.tokens(scope=scope)["access_token"])

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="read:accounts"' in answer["WWW-Authenticate"]


def test_a_token_of_nobody_is_told_so_in_mastodons_words():
    token = MastodonClient.at_the_browser_of().own_token(scope="read").json()["access_token"]

    answer = get(ACCOUNTS, token)

    assert answer.status_code == 422
    assert answer.json()["error"] == "This method requires an authenticated user"
    assert answer.json()["error_description"]


@both
def test_without_a_token_the_challenge_is_bearer_and_names_no_error(path):
    answer = get(path)

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in answer["WWW-Authenticate"]


@both
@pytest.mark.parametrize("spoil", [lambda text: text[:-1], lambda text: text.upper(), lambda text: "\x00"])
def test_a_token_that_is_mistyped_or_cut_is_refused(path, spoil):
    answer = get(path, spoil(MastodonClient.at_the_browser_of().tokens()["access_token"]))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


@both
def test_a_token_that_was_revoked_is_refused(path):
    oauth = MastodonClient.at_the_browser_of()
    token = oauth.tokens()["access_token"]

    oauth.revoke(token)

    assert get(path, token).status_code == 401


@both
def test_other_secrets_of_the_site_are_no_access_tokens(path):
    oauth = MastodonClient.at_the_browser_of()

    for text in (oauth.registered.client_secret, oauth.code()):
        answer = get(path, text)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_a_token_that_no_application_holds_does_not_speak_for_one():
    answer = get(APPS, service_token(AccountFactory().uuid))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"].startswith("Bearer ")


def test_a_service_token_is_no_person():
    answer = get(ACCOUNTS, service_token(AccountFactory().uuid, scopes=["read"]))

    assert answer.status_code == 422


def test_an_application_that_is_disabled_learns_nothing():
    grant = open_grant()
    token = bearer(application=grant.application)
    grant.application.is_enabled = False
    grant.application.save()

    assert get(APPS, token).status_code == 401


@both
def test_any_origin_may_ask_and_no_cache_keeps_the_answer(path):
    token = MastodonClient.at_the_browser_of().tokens()["access_token"]
    preflight = Client().options(path, headers={"origin": "https://elk.example"})

    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    for answer in (get(path, token), get(path), preflight):
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert answer["Cache-Control"] == "no-store"


@both
def test_head_goes_with_get_and_every_other_method_is_refused(path):
    token = MastodonClient.at_the_browser_of().tokens()["access_token"]
    headers = {"authorization": f"Bearer {token}"}

    assert Client().head(path, headers=headers).status_code == 200
    refused = Client().post(path, headers=headers)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")
