"""The last use of client secrets, client keys and trusted issuers, written in batches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db.models import Case, F, Model, Value, When
from django.utils import timezone

from oauthcore.models import ClientKey, ClientSecret, TrustedIssuer
from oauthcore.models.database import retried
from oauthcore.recording.batches import Batch, Tally

_ROWS_A_STATEMENT = 200


def note_secret(secret_id: int) -> None:
    """Note that an application has just authenticated with a secret."""
    secrets.add(secret_id, at=timezone.now())


def note_key(key_id: int) -> None:
    """Note that an application has just authenticated with a key."""
    keys.add(key_id, at=timezone.now())


def note_issuer(issuer_id: int) -> None:
    """Note that a trusted issuer has just vouched for a person."""
    issuers.add(issuer_id, at=timezone.now())


@retried
def _write(model: type[Model], tallies: Mapping[Any, Tally]) -> None:
    items = sorted(tallies.items())
    for start in range(0, len(items), _ROWS_A_STATEMENT):
        some = dict(items[start : start + _ROWS_A_STATEMENT])
        last = [When(pk=key, then=Value(tally.last_at)) for key, tally in some.items()]
        rows = model._default_manager.filter(pk__in=some)
        rows.update(last_used_at=Case(*last, default=F("last_used_at")))


secrets = Batch(partial(_write, ClientSecret))
keys = Batch(partial(_write, ClientKey))
issuers = Batch(partial(_write, TrustedIssuer))
