"""A device as the wire describes it, when it signs in and in the list of devices (wire §6)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from oauthcore.rules.wire.moments import timestamp


def device_members(
    *,
    uuid: UUID,
    client_uuid: UUID | None,
    name: str,
    platform: str,
    app_version: str,
    created_at: datetime,
) -> dict[str, Any]:
    """Return the members that describe a device. Members that the app did not send are left out."""
    members = {
        "uuid": str(uuid),
        "client_uuid": str(client_uuid) if client_uuid else None,
        "name": name,
        "platform": platform,
        "app_version": app_version or None,
        "created_at": timestamp(created_at),
    }
    return {member: value for member, value in members.items() if value is not None}
