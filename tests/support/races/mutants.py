"""Mistakes that a race would find."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Grant


def end_grant_in_a_transaction_that_fails(grant: Grant, reason: str, **how: Any) -> None:
    """End it, and undo that: what an exception inside a transaction does."""
    with transaction.atomic():
        end_grant(grant, reason, **how)
        transaction.set_rollback(True)
