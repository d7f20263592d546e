"""Scopes: the tree, bundles, and what a site's vocabulary makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.oauth.scopes import ScopeWords, Vocabulary, covers, is_name, parse, render

FOLLOW = ("read:blocks", "read:follows", "read:mutes", "write:blocks", "write:follows", "write:mutes")
SITE = Vocabulary(
    {
        **{
            name: ScopeWords() for name in ("read", "read:accounts", "write", "write:accounts", "write:media")
        },
        **{name: ScopeWords() for name in FOLLOW},
        "follow": ScopeWords(includes=FOLLOW),
        "everything": ScopeWords(includes=("follow", "write")),
        "push": ScopeWords(),
        "api.images.read": ScopeWords(account=True),
        "api.images.write": ScopeWords(account=True),
    }
)

# Few and short segments, so that scopes above and below one another come up often.
names = st.lists(st.sampled_from(["a", "b", "ab", ""]), min_size=1, max_size=4).map(":".join)
known_sets = st.frozensets(st.sampled_from(sorted(SITE.words)))
asked_sets = st.frozensets(st.sampled_from([*SITE.words, "admin", "write:", "write:accounts:x"]))


@given(names)
def test_a_scope_covers_itself(name):
    assert covers(name, name)


@given(names, names)
def test_two_scopes_that_cover_each_other_are_one(a, b):
    assert not (covers(a, b) and covers(b, a)) or a == b


@given(names, names, names)
def test_what_covers_a_scope_covers_all_below_it(a, b, c):
    assert not (covers(a, b) and covers(b, c)) or covers(a, c)


@given(names, names)
def test_a_scope_covers_what_begins_with_all_its_segments(a, b):
    above, below = a.split(":"), b.split(":")

    assert covers(a, b) is (below[: len(above)] == above)


@pytest.mark.parametrize(
    ("granted", "wanted"),
    [
        ("write:accounts", "write"),
        ("write:acc", "write:accounts"),
        ("write", "writeX"),
        ("write", "WRITE"),
        ("write", ":accounts"),
        ("api.images", "api.images.read"),
        ("*", "write"),
        ("write:*", "write:accounts"),
        ("", "write"),
    ],
)
def test_a_scope_does_not_cover_its_parent_its_namesakes_or_by_wildcard(granted, wanted):
    assert not covers(granted, wanted)
    assert not SITE.allows(frozenset([granted]), wanted)


def test_a_parent_covers_its_children():
    assert covers("write", "write:accounts")
    assert SITE.allows(frozenset(["write"]), "write:accounts")


@pytest.mark.parametrize("name", ["write:", "write:accounts:x", "WRITE", ":accounts", "api.images", ""])
def test_a_scope_the_site_does_not_know_is_within_nothing(name):
    assert not SITE.is_within(frozenset([name]), frozenset([name, "write", "everything"]))


@given(known_sets)
def test_expanding_keeps_what_was_granted(granted):
    assert granted <= SITE.expand(granted)


@given(known_sets, known_sets)
def test_granting_more_never_expands_to_less(some, others):
    assert SITE.expand(some) <= SITE.expand(some | others)


@given(known_sets, known_sets)
def test_scopes_together_expand_to_what_each_of_them_does(some, others):
    assert SITE.expand(some | others) == SITE.expand(some) | SITE.expand(others)


@given(known_sets)
def test_expanding_twice_is_expanding_once(granted):
    assert SITE.expand(SITE.expand(granted)) == SITE.expand(granted)


@given(asked_sets, known_sets)
def test_what_is_asked_for_is_within_a_grant_when_each_scope_is_known_and_included(asked, granted):
    assert SITE.is_within(asked, granted) is (asked <= SITE.expand(granted))


def test_a_bundle_expands_to_its_scopes_and_nothing_else():
    assert SITE.expand(frozenset(["follow"])) == {"follow", *FOLLOW}


def test_a_bundle_in_a_bundle_and_the_tree_below_it_are_followed():
    everything = SITE.expand(frozenset(["everything"]))

    assert everything == {"everything", "follow", "write", "write:accounts", "write:media", *FOLLOW}


def test_bundles_that_name_each_other_expand_all_the_same():
    site = Vocabulary({"a": ScopeWords(includes=("b",)), "b": ScopeWords(includes=("a",))})

    assert site.expand(frozenset(["a"])) == {"a", "b"}


def test_a_parent_grants_its_children_although_it_is_no_scope_of_the_site():
    site = Vocabulary({"admin:read": ScopeWords(), "admin:write": ScopeWords()})

    assert site.expand(frozenset(["admin"])) == {"admin:read", "admin:write"}


@pytest.mark.parametrize(
    ("withheld", "left"),
    [
        ([], ["write", "read:follows", "push"]),
        (["push"], ["write", "read:follows"]),
        (["write:media"], ["read:follows", "push"]),
        (["read"], ["write", "push"]),
        (["follow"], ["write", "push"]),
        (["unknown"], ["write", "read:follows", "push"]),
    ],
)
def test_what_is_withheld_takes_all_with_it_that_includes_it_or_is_included(withheld, left):
    names = ["read", "read:follows", "write", "write:media", "push"]
    site = Vocabulary(
        {**dict.fromkeys(names, ScopeWords()), "follow": ScopeWords(includes=("read:follows",))}
    )

    assert site.without(frozenset(["write", "read:follows", "push"]), frozenset(withheld)) == set(left)


@given(known_sets, known_sets)
def test_what_is_left_of_scopes_within_a_limit_is_what_both_include_and_says_nothing_twice(granted, limit):
    left = SITE.narrowed(granted, limit)

    assert SITE.expand(left) == SITE.expand(granted) & SITE.expand(limit)
    assert all(one in granted or one in SITE.expand(limit) for one in left)


@pytest.mark.parametrize(
    ("granted", "limit", "left"),
    [
        (["read", "write:media"], ["read", "write"], ["read", "write:media"]),
        (["read", "push"], ["read"], ["read"]),
        (["write"], ["write:media", "push"], ["write:media"]),
        (["write", "write:media"], ["write:media"], ["write:media"]),
        (["follow"], ["read"], ["read:follows"]),
        (["read"], ["follow"], ["read:follows"]),
        (["of-yesterday", "read"], ["of-yesterday"], ["of-yesterday"]),
        (["read"], [], []),
        (["loop:a"], ["loop:b"], ["loop:a"]),
    ],
)
def test_a_scope_beyond_the_limit_leaves_its_parts_within_it(granted, limit, left):
    names = ["read", "read:follows", "write", "write:media", "push"]
    site = Vocabulary(
        {
            **dict.fromkeys(names, ScopeWords()),
            "follow": ScopeWords(includes=("read:follows",)),
            "loop:a": ScopeWords(includes=("loop:b",)),
            "loop:b": ScopeWords(includes=("loop:a",)),
        }
    )

    assert site.narrowed(frozenset(granted), frozenset(limit)) == set(left)


def test_odd_combinations_do_not_fill_the_memory():
    site = Vocabulary({"read": ScopeWords()})

    for number in range(1100):
        assert site.expand(frozenset(["read", f"odd{number}"])) == {"read"}

    assert len(site._expanded) == 1000


def test_a_vocabulary_knows_its_scopes_and_which_of_them_need_an_account():
    assert "push" in SITE
    assert "pull" not in SITE
    assert SITE.account_scopes == {"api.images.read", "api.images.write"}


@pytest.mark.rfc("6749", "3.3")
@given(st.frozensets(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)))
def test_scopes_that_are_written_are_read_again(scopes):
    legal = frozenset(name for name in scopes if is_name(name))

    assert parse(render(legal)) == legal
    assert parse("+".join(legal)) == legal


def test_scopes_are_written_sorted_with_one_space_between():
    assert render({"write", "read", "push"}) == "push read write"


@pytest.mark.parametrize(
    "text", ["read write", " read  write ", "read+write", "read +write", "write read read"]
)
def test_spaces_and_pluses_separate_scopes(text):
    assert parse(text) == {"read", "write"}


@given(st.text())
def test_reading_scopes_gives_names_or_a_refusal(text):
    try:
        scopes = parse(text)
    except InvalidScope:
        return
    assert all(map(is_name, scopes))


@pytest.mark.rfc("6749", "3.3")
@pytest.mark.parametrize("character", ['"', "\\", "\x00", "é", "\n", "\t", "\x7f", "\u00a0", "\u2003"])
def test_a_scope_with_characters_no_scope_has_is_refused(character):
    with pytest.raises(InvalidScope):
        parse(f"read wri{character}te")


@pytest.mark.parametrize("text", [" ".join(f"s{n}" for n in range(5000)), "+" * 65536])
def test_more_scopes_than_any_site_has_are_refused(text):
    with pytest.raises(InvalidScope):
        parse(text)


def test_brackets_are_a_name_like_any_other_and_no_list():
    assert parse("scope[a]=b") == {"scope[a]=b"}
