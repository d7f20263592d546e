"""The compiled statements that end grants."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from oauthcore.models.inserts import UpdateThenInsert
from oauthcore.models.security_events import INSERT_EVENT
from oauthcore.models.statements import Update, param


def _grant() -> Any:
    """Return the model. Its module imports this one."""
    return apps.get_model("oauthcore", "Grant")


REVOKE = Update(
    lambda: _grant().objects.filter(id=param(_grant(), "id"), revoked_at__isnull=True),
    lambda: {
        "revoked_at": param(_grant(), "revoked_at"),
        "revoked_reason": param(_grant(), "revoked_reason"),
        "standing_for": None,
    },
)
REVOKE_AND_ADD = UpdateThenInsert(REVOKE, INSERT_EVENT)
