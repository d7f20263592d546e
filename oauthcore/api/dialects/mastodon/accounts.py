"""The person as Mastodon's clients see them, always without posts and followers."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.api.dialects.mastodon.instance import picture_url
from oauthcore.api.django.scopes import scopes_required
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.tokens.owner import require_person, told_user_id
from oauthcore.rules.wire.moments import in_utc

#: Members that strict clients expect of every person, with empty values.
_NOTHING_ELSE: dict[str, Any] = {
    "note": "",
    "emojis": [],
    "fields": [],
    **dict.fromkeys(("locked", "bot", "group", "discoverable"), False),
    **dict.fromkeys(("followers_count", "following_count", "statuses_count"), 0),
    "source": {
        "note": "",
        "fields": [],
        "privacy": "public",
        "sensitive": False,
        "language": "",
        "follow_requests_count": 0,
    },
}


@json_endpoint("GET", "HEAD", challenge="Bearer")
@scopes_required("read:accounts")
def verify_credentials(request: Any) -> HttpResponseBase:
    """Tell who the token's person is: ``GET /api/v1/accounts/verify_credentials``."""
    return json_response(describe(require_person(request.auth), told_user_id(request.auth)))


def describe(user: User, user_id: object) -> dict[str, Any]:
    """Return what Mastodon says of a person, as far as it is known here."""
    username, picture = user.get_username(), picture_url()
    members: dict[str, Any] = {
        "id": str(user_id),
        "username": username,
        "acct": username,
        "display_name": _full_name(user) or username,
        "url": conf.issuer(),
        "avatar": picture,
        "avatar_static": picture,
        "header": picture,
        "header_static": picture,
        "created_at": _day_of_joining(user),
    }
    return _NOTHING_ELSE | {name: value for name, value in members.items() if value is not None}


def _full_name(user: User) -> str:
    return str(user.get_full_name()) if hasattr(user, "get_full_name") else ""


def _day_of_joining(user: User) -> str | None:
    """Return the day of joining as midnight of that day, as Mastodon does, or None if the user has none."""
    joined = getattr(user, "date_joined", None)
    return None if joined is None else f"{in_utc(joined):%Y-%m-%dT00:00:00.000Z}"
