"""Device descriptors: what an app says of its device is taken as text, or refused."""

from __future__ import annotations

from uuid import UUID

import pytest

from oauthcore.rules.errors.sign_in import InvalidMembers
from oauthcore.rules.sign_in.devices import DeviceDescriptor, parse
from oauthcore.rules.wire.members import Members

PHONE = {"name": "Ada's phone", "platform": "ios"}


def parsed(**changes: object) -> DeviceDescriptor:
    """Read a descriptor with changes; raise InvalidMembers where it is refused."""
    members = Members(PHONE | changes)
    device = parse(members)
    members.check()
    return device


def refused(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidMembers) as refusal:
        parsed(**changes)
    return refusal.value.details


def test_name_and_platform_are_enough():
    assert parsed() == DeviceDescriptor("Ada's phone", "ios")


def test_version_and_uuid_may_be_said_too_and_the_rest_is_passed_over():
    device = parsed(
        app_version="1.2.0", uuid="6f1c2a34-0000-4000-8000-000000000001", model="x", fonts=["y"] * 1000
    )

    assert (device.app_version, device.client_uuid) == ("1.2.0", UUID("6f1c2a34-0000-4000-8000-000000000001"))


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "Телефон", "電話", "a" * 200, "'; DROP TABLE", "📱 mine"]
)
def test_any_name_is_kept_as_text(name):
    assert parsed(name=name).name == name


def test_spaces_around_a_name_are_nobodys():
    assert parsed(name="  Phone ").name == "Phone"
    assert parsed(app_version=" ").app_version == ""
    assert refused(name=" ", platform="\u3000") == dict.fromkeys(("name", "platform"), "This is required.")


@pytest.mark.parametrize(
    "text", ["a\nb", "a\x1bb", "a\x7fb", "\u202egnp.exe", "a\u2066b", "a\u0085b", "a\u2028b"]
)
@pytest.mark.parametrize("member", ["name", "platform", "app_version"])
def test_what_turns_or_breaks_a_line_is_refused(member, text):
    assert refused(**{member: text}) == {
        member: "Leave out control characters and what turns the direction of text."
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "x" * 201},
        {"platform": "x" * 51},
        {"app_version": "x" * 51},
        {"uuid": "me"},
        {"name": None},
        {"platform": ""},
    ],
)
def test_what_is_too_long_missing_or_no_uuid_is_refused(changes):
    assert refused(**changes).keys() == changes.keys()
