"""Recent refusals: each one on behalf of an application, kept a few days for its developer to look up.

They come together in memory and are written in batches. So many of one application are kept a minute in each
process, and so many of all together; a flood beyond that is counted by the security events alone, which are
one row a minute for its like. Requests that have proved to be the application's have an allowance of their
own: anybody can send requests that name an application, and they must not crowd out what its developer is
looking for. Applications that registered themselves prove nothing by that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from oauthcore import request_context
from oauthcore.models import Refusal
from oauthcore.models.database import retried
from oauthcore.recording.allowance import Allowance
from oauthcore.recording.batches import Batch, Tally
from oauthcore.rules.errors.oauth import OAuthError

#: So many refusals of one application are kept a minute.
MOST_A_MINUTE = 60
#: And so many of all applications, in requests that have proved to be theirs.
MOST_IN_ALL = 600
#: So many of all applications in requests of anybody.
MOST_OF_STRANGERS = 120

#: A developer is waiting to see them: they are written more often than counts are.
_SECONDS = 10

_LONGEST_ERROR, _LONGEST = 64, 200


def keep(refusal: OAuthError, *, at: datetime) -> None:
    """Keep a refusal of the request being answered, which names an application: our words and the path."""
    context = request_context.current()
    key = (context.client_id, context.request_id, refusal.error, refusal.reason, context.path)
    allowance = proven if context.is_proven else strangers
    if allowance.take(context.client_id, key, at):
        batch.add(key, at=at)


@retried
def _write(tallies: Mapping[Any, Tally]) -> None:
    rows = [
        Refusal(
            application_ref=client_id,
            at=tally.last_at,
            request_id=request_id,
            error=error[:_LONGEST_ERROR],
            reason=reason[:_LONGEST],
            endpoint=request_context.shown(path)[:_LONGEST],
        )
        for (client_id, request_id, error, reason, path), tally in tallies.items()
    ]
    Refusal.objects.bulk_create(rows, batch_size=500)


proven = Allowance(each=MOST_A_MINUTE, in_all=MOST_IN_ALL)
strangers = Allowance(each=MOST_A_MINUTE, in_all=MOST_OF_STRANGERS)
batch = Batch(_write, seconds=_SECONDS)
