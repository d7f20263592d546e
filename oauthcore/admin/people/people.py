"""The logins of the people that security events name by reference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import pgettext

from oauthcore.models import Grant, SecurityEvent

Kind = SecurityEvent.Kind


def people_named(references: set[str]) -> dict[str, Any]:
    """Return people by reference, with one statement."""
    rows = get_user_model()._default_manager
    keys = [key for text in references if (key := _key(text)) is not None]
    return {str(one.pk): one for one in rows.filter(pk__in=keys)} if keys else {}


def _key(text: str) -> Any:
    """Return a user's key from its text, or None where the text is not a key."""
    try:
        return get_user_model()._meta.pk.to_python(text) if text else None
    except ValidationError:
        return None


@dataclass(frozen=True)
class Hands:
    """Who made a grant and who ended it. A text is empty if the event was removed."""

    made_by: str = ""
    ended_by: str = ""


def hands_of(grants: Iterable[Grant]) -> Mapping[Any, Hands]:
    """Return who made and who ended these service tokens, by UUID, with two statements."""
    uuids = [one.uuid for one in grants]
    acts = SecurityEvent.objects.filter(
        grant_uuid__in=uuids, kind__in=[Kind.SERVICE_TOKEN_MADE, Kind.REVOKED]
    )
    found = {(one.grant_uuid, one.kind): one.user_ref for one in acts.order_by("-pk")} if uuids else {}
    people = people_named(set(found.values()))

    def named(uuid: Any, kind: str) -> str:
        reference = found.get((uuid, kind))
        if reference is None:
            return ""
        person = people.get(reference)
        return person.get_username() if person else reference or pgettext("made by", "a command")

    return {uuid: Hands(named(uuid, Kind.SERVICE_TOKEN_MADE), named(uuid, Kind.REVOKED)) for uuid in uuids}
