"""When each client secret was last used: noted when it is, written in batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, F, Value, When
from django.utils import timezone

from oauthcore.models import ClientSecret
from oauthcore.models.database import retried
from oauthcore.recording.batches import Batch, Tally

_ROWS_A_STATEMENT = 200


def note(secret_id: int) -> None:
    """Note that an application has just proved who it is with a secret."""
    batch.add(secret_id, at=timezone.now(), address="")


@retried
def _write(tallies: Mapping[Any, Tally]) -> None:
    items = sorted(tallies.items())
    for start in range(0, len(items), _ROWS_A_STATEMENT):
        some = dict(items[start : start + _ROWS_A_STATEMENT])
        last = [When(pk=key, then=Value(tally.last_at)) for key, tally in some.items()]
        secrets = ClientSecret.objects.filter(pk__in=some)
        secrets.update(last_used_at=Case(*last, default=F("last_used_at")))


batch = Batch(_write)
