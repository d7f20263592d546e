"""Mistakes that a race would find."""

from __future__ import annotations

from django.db import transaction

from oauthcore.flows.tokens.ending import end_grant


def end_grant_in_a_transaction_that_fails(grant, reason, **how):
    with transaction.atomic():
        end_grant(grant, reason, **how)
        transaction.set_rollback(True)
