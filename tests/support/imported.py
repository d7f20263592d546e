"""Grants and tokens as an import writes them, and a source of a few rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from oauthcore.flows.imports.grants import write_grants
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Grant, Import, imports
from oauthcore.rules.imports.sources import BASE_DIGESTS, DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.imports.values import ImportedGrant, ImportedToken, uuid_of
from tests.support.factories import UserFactory, register

ACCESS = "foreignaccesstoken4711"
REFRESH = "foreignrefreshtoken4711"


def accepts(settings: Any, *sources: str) -> None:
    """Let the site accept the imported tokens of these packages."""
    settings.OAUTHCORE = {**settings.OAUTHCORE, "IMPORTED_TOKENS": sources}


def import_token(
    text: str, *, source: str = DJANGO_OAUTH_TOOLKIT, kind: str = Grant.Kind.APPLICATION, **values: Any
) -> ImportedGrant:
    """Import one token, under a grant of its own, and note when it ends."""
    now = timezone.now()
    of_token = {name: values.pop(name) for name in ("is_refresh", "is_spent") if name in values}
    expires_at = values.pop("expires_at", now + timedelta(hours=1))
    token = ImportedToken(
        base=BASE_DIGESTS[source](text)[0],
        created_at=now,
        expires_at=expires_at,
        scopes=values.get("scopes", frozenset(["read"])),
        hint=text[-4:],
        **of_token,
    )
    owner = {"user_id": UserFactory().pk} if kind in (Grant.Kind.APPLICATION, Grant.Kind.SESSION) else {}
    if kind == Grant.Kind.APPLICATION and "client_id" not in values:
        owner["client_id"] = register().client_id
    grant = ImportedGrant(
        **{
            "source": source,
            "row": "row 1 of a test",
            "uuid": uuid_of(source, text),
            "kind": kind,
            "created_at": now,
            "expires_at": expires_at,
            "scopes": token.scopes,
            "tokens": [token],
            **owner,
            **values,
        }
    )
    tally = Tally()
    write_grants([grant], tally)
    Import.objects.update_or_create(
        source=source, defaults={"last_ends_at": tally.ends_at, "never_ends": tally.never_ends}
    )
    imports.forget()
    return grant
