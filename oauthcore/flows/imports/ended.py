"""Used refresh tokens of another package: a later run ends what was live at an earlier one.

While both packages serve a site, a refresh token that is here already may be used or revoked there. An
imported refresh token that the package calls live has an end; one that it has used has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from oauthcore.flows.imports.grants import write_grants
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Grant, Token
from oauthcore.rules.imports.values import ENDED_THERE, ImportedGrant

#: What is noted of a token that an earlier run took as live.
ENDED_SINCE = "it was live at an earlier import, and has ended here too"


def write_ended(entries: Sequence[ImportedGrant], tally: Tally, *, now: datetime) -> None:
    """Write the refresh tokens that a package has used or ended. Call it in a transaction.

    One that an earlier run took as live becomes a used one if the package has issued its successor under the
    same grant, and it was not used here. Otherwise its grant ends. There is no security event: the package
    ended it, and a rotation there may look like an end.
    """
    write_grants(entries, tally)
    spent = {token.digest: token.turn for entry in entries for token in entry.tokens}
    own = Token.objects.filter(digest__in=spent, grant__imported_from__in={one.source for one in entries})
    found = _live(own, now)
    if not found:
        return
    successors = _successors(found, now)
    ended = {row["grant_id"] for row in found if row["previous"] or row["grant_id"] not in successors}
    live = Grant.objects.filter(pk__in=ended, revoked_at__isnull=True)
    live.update(revoked_at=now, revoked_reason=ENDED_THERE)
    for row in found:
        tally.note(ENDED_SINCE)
        if row["grant_id"] not in ended:
            unused = Token.objects.filter(pk=row["pk"], previous__isnull=True)
            unused.update(turn=spent[bytes(row["digest"])], expires_at=None)


def _live(tokens: Any, now: datetime) -> Sequence[Mapping[str, Any]]:
    """Return those of the tokens that an import took as live refresh tokens, and that are live still."""
    rows = tokens.filter(
        kind=Token.Kind.REFRESH, revoked_at__isnull=True, expires_at__gt=now, grant__revoked_at__isnull=True
    )
    return list(rows.values("pk", "digest", "grant_id", "previous"))


def _successors(found: Iterable[Mapping[str, Any]], now: datetime) -> set[int]:
    """Return the grants that have another live refresh token."""
    grants, keys = {row["grant_id"] for row in found}, [row["pk"] for row in found]
    others = _live(Token.objects.filter(grant_id__in=grants).exclude(pk__in=keys), now)
    return {row["grant_id"] for row in others}
