"""A check of applications that need something that the site has switched off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as Caution

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.tables import is_migrated
from oauthcore.models.database import primary

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from oauthcore.models import Application


@register(Tags.database)
def check_applications(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check that what an application is set up for is switched on. Otherwise it is refused, or gets less."""
    if primary() not in (databases or ()) or check_settings():
        return []
    from oauthcore.models import Application

    if not is_migrated(Application):
        return []
    switched_on = conf.settings().switched_on
    found: list[CheckMessage] = []
    for switch, rows, what, outcome in _needs():
        first = None if switch in switched_on else rows.order_by("pk").first()
        if first is not None:
            text = f"Applications {what}, and {switch} is off, so {outcome}."
            hint = f"Switch {switch} on, or change them: {rows.count()} in all, among them {first.client_id}."
            found.append(Caution(text, hint=hint, id="oauthcore.W090"))
    return found


def _needs() -> Iterator[tuple[str, QuerySet[Application], str, str]]:
    """Yield for each switch the applications that need it, what they need, and what happens without it."""
    from oauthcore.flows.oauth.grants.grant_types import GRANT_TYPES
    from oauthcore.models import Application
    from oauthcore.models.profiles import AccessTokenFormat, Profile

    rows = Application.objects.filter(deleted_at=None).exclude(profile=Profile.OAUTH_2_0)
    no_page = "people cannot approve them"
    yield "DPOP", rows.filter(dpop_bound_access_tokens=True), "get only bound tokens", "they get none"
    yield "PRIVATE_KEY_JWT", rows.filter(uses_keys=True), "sign with keys", "they cannot authenticate"
    of_jwts = rows.filter(access_token_format=AccessTokenFormat.JWT)
    yield "JWT_ACCESS_TOKENS", of_jwts, "want JWTs", "they get opaque tokens"
    pushing = rows.filter(requires_pushed_requests=True)
    yield "PUSHED_AUTHORIZATION_REQUESTS", pushing, "have to push their requests", no_page
    described = rows.filter(metadata_document__isnull=False)
    yield "CLIENT_ID_METADATA_DOCUMENTS", described, "are described by a document", no_page
    for one in GRANT_TYPES:
        if one.switch:
            of_type = rows.filter(grant_types__contains=one.name)
            yield one.switch, of_type, f"have the grant type {one.name}", "it is refused"
