"""What a role leaves of scopes, and which scopes are sensitive because of what they include."""

from __future__ import annotations

from oauthcore.rules.oauth.scopes import ScopeWords, Vocabulary

VOCABULARY = Vocabulary(
    {
        "profile": ScopeWords(),
        "images": ScopeWords(account=True),
        "images:read": ScopeWords(account=True),
        "images:delete": ScopeWords(account=True, sensitive=True),
        "library": ScopeWords(includes=("images:read", "images:delete")),
        "all": ScopeWords(includes=("library", "profile")),
    }
)
VIEWER = frozenset({"images:read"})


def test_a_parent_and_a_bundle_over_something_sensitive_are_sensitive():
    assert [name for name in VOCABULARY.words if VOCABULARY.is_sensitive(name)] == [
        "images",
        "images:delete",
        "library",
        "all",
    ]
    assert not VOCABULARY.is_sensitive("unknown")


def test_a_role_denies_what_works_on_an_account_and_is_not_among_its_own_scopes():
    assert VOCABULARY.beyond("images:delete", VIEWER) == {"images:delete"}
    assert VOCABULARY.beyond("library", VIEWER) == {"images:delete"}
    assert VOCABULARY.beyond("images:read", VIEWER) == frozenset()


def test_a_role_denies_nothing_that_works_on_no_account_and_no_role_denies_nothing():
    assert VOCABULARY.beyond("profile", frozenset()) == frozenset()
    assert VOCABULARY.beyond("all", None) == frozenset()


def test_a_bundle_opens_what_it_stands_for_and_nothing_of_its_own():
    assert VOCABULARY.rights_in("all") == {"images:read", "images:delete", "profile"}
    assert VOCABULARY.rights_in("images") == {"images", "images:read", "images:delete"}


def test_of_granted_scopes_a_role_leaves_those_it_does_not_touch_whole_and_of_the_others_the_rights():
    assert VOCABULARY.under_role(frozenset({"profile", "library"}), VIEWER) == {"profile", "images:read"}
    assert VOCABULARY.under_role(frozenset({"all"}), None) == {"all"}
    assert VOCABULARY.under_role(frozenset({"images:delete"}), VIEWER) == frozenset()
