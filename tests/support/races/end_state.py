"""What is left after a race: what is asked of the database and of the API."""

from __future__ import annotations

from typing import Any

from oauthcore.models import AuthorizationCode, Grant, SecurityEvent, Token
from tests.support.oauth import OAuthClient, is_live


def successes(responses: list[Any]) -> list[dict[str, Any]]:
    """Return the token answers among them; whatever else there is must be a plain ``invalid_grant``."""
    refused = [one for one in responses if one.status_code != 200]
    assert {(one.status_code, one.json()["error"]) for one in refused} <= {(400, "invalid_grant")}
    return [one.json() for one in responses if one.status_code == 200]


def latest_grant() -> Grant:
    """Return the grant that was opened last."""
    return Grant.objects.latest("id")


def events_of(grant: Grant) -> list[str]:
    """Return what has happened to a grant, beside its opening."""
    return list(
        SecurityEvent.objects.filter(grant_uuid=grant.uuid).order_by("pk").values_list("kind", flat=True)
    )


def rows_under(grant: Grant) -> list[str]:
    """Return the kinds of the tokens under a grant."""
    return sorted(grant.tokens.values_list("kind", flat=True))


def orphans() -> int:
    """Count tokens under grants whose code was never spent: somebody got, or lost, what nobody paid for."""
    unspent = AuthorizationCode.objects.filter(used_at__isnull=True).values("grant")
    return Token.objects.filter(grant__in=unspent).count()


def dead(oauth: OAuthClient, tokens: dict[str, Any]) -> bool:
    """Return whether neither the access token nor the refresh token is taken any more."""
    refreshed = oauth.refresh(tokens["refresh_token"])
    return not is_live(tokens["access_token"]) and refreshed.json().get("error") == "invalid_grant"
