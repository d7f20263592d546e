"""Scope levels: what a developer may give their application, and what only staff can."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.oauth.scopes import Level, ScopeWords, Vocabulary

OPEN, APPROVAL, STAFF = Level.OPEN, Level.APPROVAL, Level.STAFF

NAMES = ("read", "read:mail", "write", "write:mail", "write:mail:drafts", "sync", "everything", "admin")

# Any tree and any bundles, each scope of any level, even bundles that include one another.
sites = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        ScopeWords,
        level=st.sampled_from(list(Level)),
        includes=st.lists(st.sampled_from(NAMES), max_size=2).map(tuple),
    ),
    min_size=1,
).map(Vocabulary)
some_names = st.frozensets(st.sampled_from(NAMES))


def levels_within(site: Vocabulary, names: frozenset[str]) -> set[str]:
    return {site.words[name].level for name in site.expand(names)}


@given(sites, st.sampled_from(NAMES))
def test_a_scope_is_as_strict_as_the_strictest_that_it_includes(site, name):
    order = [OPEN, APPROVAL, STAFF]
    within = levels_within(site, frozenset([name]))

    assert site.level_of(name) == (max(within, key=order.index) if within else STAFF)


@given(sites, st.sampled_from(NAMES))
def test_a_new_application_may_take_what_is_open_with_all_that_it_includes(site, name):
    assert site.may_be_taken(name) is (name in site and levels_within(site, frozenset([name])) == {OPEN})


@given(sites, some_names)
def test_what_an_application_has_may_always_be_kept(site, had):
    assert all(site.may_be_taken(name, had=had) for name in had)


@given(sites, some_names)
def test_whatever_developers_take_they_gain_nothing_but_open_scopes(site, had):
    taken = frozenset(name for name in NAMES if site.may_be_taken(name, had=had))

    gained = site.expand(had | taken) - site.expand(had)

    assert {site.words[name].level for name in gained} <= {OPEN}


@given(sites, some_names, some_names, st.sampled_from(NAMES))
def test_who_has_more_may_take_no_less(site, some, more, name):
    assert not site.may_be_taken(name, had=some) or site.may_be_taken(name, had=some | more)


SITE = Vocabulary(
    {
        "read": ScopeWords(),
        "write": ScopeWords(),
        "write:mail": ScopeWords(level=APPROVAL),
        "write:notes": ScopeWords(),
        "sync": ScopeWords(includes=("read", "admin")),
        "admin": ScopeWords(level=STAFF),
        "letters": ScopeWords(includes=("write",)),
    }
)


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("read", OPEN),
        ("write:notes", OPEN),
        ("write", APPROVAL),
        ("letters", APPROVAL),
        ("sync", STAFF),
        ("admin", STAFF),
        ("unknown", STAFF),
    ],
)
def test_a_parent_or_a_bundle_that_is_called_open_is_no_way_around(name, level):
    assert SITE.level_of(name) is level
    assert SITE.may_be_taken(name) is (level is OPEN)


def test_a_part_of_what_staff_gave_may_be_named_by_itself():
    assert SITE.may_be_taken("write:mail", had=frozenset(["letters"]))
    assert not SITE.may_be_taken("letters", had=frozenset(["write:mail"]))


def test_a_scope_that_the_site_has_no_more_may_be_kept_and_not_taken():
    assert SITE.may_be_taken("gone", had=frozenset(["gone"]))
    assert not SITE.may_be_taken("gone", had=frozenset(["write"]))
    assert not SITE.may_be_taken("write:gone", had=frozenset(["write"]))


def test_scopes_stand_under_the_titles_of_their_groups_in_the_order_of_the_site():
    site = Vocabulary(
        {
            "read": ScopeWords(),
            "notes:write": ScopeWords(group="Notes"),
            "files": ScopeWords(group="Files"),
            "notes": ScopeWords(group="Notes"),
        }
    )

    grouped = site.grouped(["notes", "files", "gone", "notes:write", "read"])

    assert grouped == {"": ["read", "gone"], "Notes": ["notes:write", "notes"], "Files": ["files"]}
    assert list(grouped) == ["", "Notes", "Files"]
    assert site.grouped([]) == {}


def test_a_scope_is_described_in_its_words_or_by_its_name():
    site = Vocabulary({"read": ScopeWords(description="Read your notes"), "write": ScopeWords()})

    assert [site.description_of(name) for name in ("read", "write", "gone")] == [
        "Read your notes",
        "write",
        "gone",
    ]
