"""The screens of scope requests as a browser has them, and what came of a decision."""

from __future__ import annotations

from typing import Any

from django.test import Client

from oauthcore.models import Application, ScopeRequest, SecurityEvent

REQUESTS = "/admin/oauthcore/scoperequest/"
DECIDERS = ("view_scoperequest", "change_scoperequest")
SCOPES = {
    "read": {"description": "Read your profile"},
    "albums": {"description": "See your albums", "level": "approval"},
    "orders": {"description": "Order prints", "level": "approval"},
    "admin": {"description": "Run this place", "level": "staff"},
}


def address(asked: ScopeRequest) -> str:
    return f"{REQUESTS}{asked.pk}/change/"


def decide_together(browser: Client, action: str, *chosen: ScopeRequest, **fields: Any) -> Any:
    sent = {"action": f"{action}_selected", "_selected_action": [one.pk for one in chosen], **fields}
    return browser.post(REQUESTS, sent, follow=True)


def states() -> list[str]:
    return list(ScopeRequest.objects.order_by("pk").values_list("state", flat=True))


def has(application: Application) -> set[str]:
    application.refresh_from_db()
    return set(application.scopes)


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
