"""Recent refusals that name an application, kept for a few days for its developer.

They are collected in memory and written in batches. Each process keeps a limited number a minute, for one
application and for all. Refusals beyond that are only counted by the security events. Anybody can send
requests that name an application, and those must not crowd out what its developer is looking for. So requests
of an authenticated application have an allowance of their own. For a self-registered application,
authentication proves nothing, so it does not count here.
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

#: How many refusals of one application are kept in a minute.
MOST_A_MINUTE = 60
#: How many of all applications, in authenticated requests.
MOST_IN_ALL = 600
#: How many of all applications, in other requests.
MOST_OF_STRANGERS = 120

#: Seconds between two writes. It is short, because a developer waits to see the refusals.
_SECONDS = 10

_LONGEST_ERROR, _LONGEST = 64, 200


def keep(refusal: OAuthError, *, at: datetime) -> None:
    """Keep the refusal of the current request, if it names an application: our own words and the path."""
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
