"""Looking up the logout tokens that were sent to an application, and their results."""

from __future__ import annotations

from oauthcore.models import Application, LogoutDelivery

#: The number of deliveries on the page.
MOST_SHOWN = 100


def recent_deliveries_of(application: Application) -> list[LogoutDelivery]:
    """Return the newest deliveries to an application."""
    return list(application.logout_deliveries.order_by("-created_at", "-pk")[:MOST_SHOWN])
