"""Looking up which logout tokens an application was sent, and what came of them."""

from __future__ import annotations

from oauthcore.models import Application, LogoutDelivery

#: So many are shown at once, the newest.
MOST_SHOWN = 100


def recent_deliveries_of(application: Application) -> list[LogoutDelivery]:
    """Return the newest deliveries to an application."""
    return list(application.logout_deliveries.order_by("-created_at", "-pk")[:MOST_SHOWN])
