"""Device descriptors: what an app says of the device of a person. No decision depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from oauthcore.rules.text.names import is_plain
from oauthcore.rules.wire.members import Members

LONGEST_NAME = 200
LONGEST_WORD = 50


@dataclass(frozen=True)
class DeviceDescriptor:
    """The name and platform of a device, and the UUID that its app chose."""

    name: str = ""
    platform: str = ""
    app_version: str = ""
    client_uuid: UUID | None = None


def parse(members: Members) -> DeviceDescriptor:
    """Read a descriptor from the members of a JSON object. Problems are noted in ``members``."""
    return DeviceDescriptor(
        name=_plain(members, "name", LONGEST_NAME),
        platform=_plain(members, "platform", LONGEST_WORD),
        app_version=_plain(members, "app_version", LONGEST_WORD, is_required=False),
        client_uuid=members.uuid("uuid", is_required=False),
    )


def _plain(members: Members, name: str, most: int, *, is_required: bool = True) -> str:
    text = members.text(name, most=most, is_required=is_required).strip()
    if is_required and not text:
        members.refuse(name, "This is required.")
    if text and not is_plain(text):
        members.refuse(name, "Leave out control characters and what turns the direction of text.")
    return text
