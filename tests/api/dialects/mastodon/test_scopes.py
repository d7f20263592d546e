"""Mastodon's scopes: a tree, one bundle, and ``push`` (wire §4, the whole list of its documentation)."""

from __future__ import annotations

import pytest

from oauthcore import conf
from tests.support.dialects.mastodon import MastodonClient, get, register
from tests.support.oauth import answer, me

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the tree of scopes is computed in Python from settings"),
]

READ = ["accounts", "blocks", "favourites", "filters", "follows", "lists", "mutes", "notifications"]
READ += ["reports", "search", "statuses"]
WRITE = ["accounts", "blocks", "favourites", "filters", "follows", "lists", "media", "mutes"]
WRITE += ["notifications", "reports", "statuses"]
FOLLOW = ["read:blocks", "read:follows", "read:mutes", "write:blocks", "write:follows", "write:mutes"]
TREE = [
    "read",
    "write",
    "follow",
    "push",
    *(f"read:{one}" for one in READ),
    *(f"write:{one}" for one in WRITE),
]


def granted(scopes: str, **asked: str) -> set[str]:
    """Return what an application registered for scopes gets for itself, or nothing where it is refused."""
    response = MastodonClient.at_the_browser_of(scopes=scopes).own_token(**asked)
    if response.status_code == 400:
        assert response.json()["error"] == "invalid_scope"
        return set()
    return set(response.json()["scope"].split())


def able(scope: str) -> set[str]:
    """Return all of Mastodon's scopes that a token with this one includes."""
    token = MastodonClient.at_the_browser_of(scopes=scope).tokens(scope=scope)["access_token"]
    return {name for name, is_able in me(token).json()["capabilities"].items() if is_able} & set(TREE)


@pytest.mark.parametrize("scope", TREE)
def test_every_scope_of_the_documentation_can_be_registered_and_granted(scope):
    assert granted(scope, scope=scope) == {scope}


@pytest.mark.parametrize("scope", TREE)
def test_every_scope_is_described_in_words_and_grouped(scope):
    words = conf.settings().vocabulary.words[scope]

    assert len(str(words.description)) > 10
    assert str(words.description) not in TREE
    assert str(words.group)
    assert words.level == "open"


def test_write_is_marked_as_something_to_be_careful_with():
    words = conf.settings().vocabulary.words

    assert [name for name in TREE if words[name].sensitive] == ["write"]


def test_read_and_write_grant_all_that_begins_with_them():
    assert able("read") == {"read", *(f"read:{one}" for one in READ)}
    assert able("write") == {"write", *(f"write:{one}" for one in WRITE)}


def test_follow_grants_exactly_its_six():
    assert able("follow") == {"follow", *FOLLOW}


def test_push_stands_alone():
    assert able("push") == {"push"}
    assert "push" not in able("read") | able("write") | able("follow")


@pytest.mark.parametrize("scope", [one for one in TREE if ":" in one])
def test_a_scope_below_grants_itself_alone(scope):
    assert able(scope) == {scope}


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("write", "write:media"),
        ("read", "read:accounts"),
        ("read write", "write:media read:search"),
        ("follow", "write:mutes"),
        ("follow", "read:blocks write:blocks"),
    ],
)
def test_an_application_may_ask_for_what_its_scopes_include(registered, asked):
    assert granted(registered, scope=asked) == set(asked.split())
    oauth = MastodonClient.at_the_browser_of(scopes=registered)
    assert set(oauth.tokens(scope=asked)["scope"].split()) == set(asked.split())


@pytest.mark.parametrize(
    ("registered", "asked"),
    [
        ("write:media", "write"),
        ("write:media", "write:accounts"),
        ("write:media", "write:media write"),
        ("read:accounts", "read"),
        ("follow", "read"),
        ("follow", "write:accounts"),
        (" ".join(FOLLOW), "follow"),
        ("read write", "follow"),
        ("read write follow", "push"),
        ("read", "api.images.read"),
    ],
)
def test_never_the_other_way_round(registered, asked):
    assert granted(registered, scope=asked) == set()
    oauth = MastodonClient.at_the_browser_of(scopes=registered)
    assert answer(oauth.authorize(scope=asked))["error"] == "invalid_scope"


def test_none_asked_for_means_read_when_it_has_that():
    oauth = MastodonClient.at_the_browser_of(scopes="read write push")

    assert oauth.tokens(scope=None)["scope"] == "read"
    assert oauth.own_token().json()["scope"] == "read"


def test_none_asked_for_is_refused_when_it_has_not():
    oauth = MastodonClient.at_the_browser_of(scopes="write push")

    assert answer(oauth.authorize(scope=None))["error"] == "invalid_scope"
    assert oauth.own_token().json()["error"] == "invalid_scope"


def test_what_is_granted_is_echoed_as_it_was_asked_for():
    oauth = MastodonClient.at_the_browser_of(scopes="read write follow push")

    assert oauth.tokens(scope="read write follow push")["scope"] == "follow push read write"
    assert oauth.own_token(scope="follow").json()["scope"] == "follow"


def test_pluses_separate_scopes_as_spaces_do():
    assert register(scopes="read+write:media").json()["scopes"] == ["read", "write:media"]
    assert granted("read write", scope="read+write") == {"read", "write"}


def test_a_scope_of_the_tree_opens_nothing_of_the_photo_library():
    token = MastodonClient.at_the_browser_of(scopes="read write").tokens(scope="read write")["access_token"]

    assert get("/v1/images", token).status_code == 403
