"""Recent refusals: each one on behalf of an application, kept a few days for its developer to look up.

They come together in memory and are written in batches. So many of one application are kept a minute in each
process, and so many of all together, for anybody may know or register applications; a flood beyond that is
counted by the security events alone, which are one row a minute for its like.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from oauthcore import request_context
from oauthcore.batches import Batch, Tally
from oauthcore.models import Refusal
from oauthcore.models.database import primary
from oauthcore.rules.errors import OAuthError

#: So many refusals of one application are kept a minute.
MOST_A_MINUTE = 60
#: And so many of all applications.
MOST_IN_ALL = 600

#: A developer is waiting to see them: they are written more often than counts are.
_SECONDS = 10

_LONGEST_ERROR, _LONGEST = 64, 200


class _Allowance:
    """How many refusals of each application were kept this minute, in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute: datetime | None = None
        self._kept: Counter[str] = Counter()

    def take(self, client_id: str, at: datetime) -> bool:
        """Return whether one more may be kept."""
        minute = at.replace(second=0, microsecond=0)
        with self._lock:
            if minute != self._minute:
                self._minute, self._kept = minute, Counter()
            if self._kept[client_id] >= MOST_A_MINUTE or self._kept.total() >= MOST_IN_ALL:
                return False
            self._kept[client_id] += 1
            return True

    def forget(self) -> None:
        """Begin anew, as a process does."""
        with self._lock:
            self._minute = None


def keep(refusal: OAuthError, *, at: datetime) -> None:
    """Keep a refusal of the request being answered, which names an application: our words and the path."""
    context = request_context.current()
    if allowance.take(context.client_id, at):
        key = (context.client_id, context.request_id, refusal.error, refusal.reason, context.path)
        batch.add(key, at=at)


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
    Refusal.objects.using(primary()).bulk_create(rows, batch_size=500)


allowance = _Allowance()
batch = Batch(_write, seconds=_SECONDS)
