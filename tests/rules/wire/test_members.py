"""Members of a JSON object: typed, or named with what is wrong; nothing is trimmed."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauthcore.rules.errors.sign_in import InvalidMembers
from oauthcore.rules.wire.members import Members

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def problems(members: Members) -> dict[str, str]:
    """Return what is wrong, by member."""
    with pytest.raises(InvalidMembers) as refused:
        members.check()
    return refused.value.details


@pytest.mark.parametrize("text", [" a long walk ", "\u00e9", "e\u0301", "\uff21", "\t", "x" * 10])
def test_a_text_is_what_was_sent_to_the_last_space(text):
    members = Members({"password": text})

    assert members.text("password", most=20) == text
    members.check()


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        ({}, "This is required."),
        ({"name": None}, "This is required."),
        ({"name": ""}, "This is required."),
        *(({"name": wrong}, "This must be a string.") for wrong in (1, 1.5, True, False, 0, [], ["a"], {})),
        ({"name": "x" * 6}, "This has more than 5 characters."),
    ],
)
def test_what_is_no_text_is_named(sent, problem):
    members = Members(sent)

    assert members.text("name", most=5) == ""
    assert problems(members) == {"name": problem}


def test_a_text_that_may_be_left_out_may_be():
    members = Members({"name": None})

    assert members.text("name", most=5, is_required=False) == ""
    assert members.uuid("uuid", is_required=False) is None
    members.check()


@pytest.mark.parametrize("text", ["6f1c2a34-0000-4000-8000-000000000001", "6F1C2A34000040008000000000000001"])
def test_a_uuid_is_read_in_each_of_its_spellings(text):
    assert Members({"uuid": text}).uuid("uuid") == UUID(int=0x6F1C2A34000040008000000000000001)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [("no uuid", "This must be a UUID."), (7, "This must be a string."), (None, "This is required.")],
)
def test_what_is_no_uuid_is_named(sent, problem):
    members = Members({"uuid": sent})

    assert members.uuid("uuid") is None
    assert problems(members) == {"uuid": problem}


def test_everything_that_is_wrong_is_told_at_once_by_its_path():
    members = Members({"device": {"name": 7}, "login": "ada"})
    members.text("login", most=100)
    members.text("password", most=100)
    device = members.object("device")
    device.text("name", most=100)
    device.refuse("name", "Told second.")
    device.text("platform", most=100)

    assert problems(members) == {
        "password": "This is required.",
        "device.name": "This must be a string.",
        "device.platform": "This is required.",
    }


@pytest.mark.parametrize("missing", [{}, {"device": None}])
def test_of_an_object_that_is_missing_nothing_else_is_told(missing):
    members = Members(missing)
    members.object("device").text("name", most=100)

    assert problems(members) == {"device": "This is required."}


@pytest.mark.parametrize("document", [[], "text", 1, None, True])
def test_a_body_that_is_no_object_is_told_so(document):
    with pytest.raises(InvalidMembers) as refused:
        Members(document)

    assert refused.value.details == {"body": "This must be a JSON object."}


@pytest.mark.parametrize("sent", [[], "Phone", 1, False, ""])
def test_a_member_that_is_no_object_is_told_so(sent):
    members = Members({"device": sent})
    members.object("device").text("name", most=100)

    assert problems(members) == {"device": "This must be a JSON object."}


@given(documents)
def test_whatever_is_sent_is_taken_or_refused(document):
    with suppress(InvalidMembers):
        members = Members(document)
        name = members.object("device").text("name", most=10, is_required=False)
        assert len(name) <= 10
        members.check()
