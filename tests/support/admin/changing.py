"""Pages of the admin as a browser has them: where they are, and what it sends back."""

from __future__ import annotations

from typing import Any

from django.test import Client

from oauthcore.models import Application, SecurityEvent

APPLICATIONS = "/admin/oauthcore/application/"


def address(application: Application) -> str:
    return f"{APPLICATIONS}{application.pk}/change/"


def fields_of(page: Any) -> dict[str, Any]:
    """Return what a browser would send if nothing was touched on the page."""
    fields: dict[str, Any] = {}
    for bound in page.context["adminform"].form:
        value = bound.value()
        if value not in (None, False):
            fields[bound.html_name] = "on" if value is True else value
        if bound.field.show_hidden_initial and value is not None:
            fields[bound.html_initial_name] = value
    return fields


def save(browser: Client, application: Application, /, **changes: Any) -> Any:
    """Open the page, make the changes, and save it; a change to None leaves the field out."""
    fields = fields_of(browser.get(address(application))) | changes
    return browser.post(address(application), {k: v for k, v in fields.items() if v is not None})


def events() -> list[tuple[str, str, str, str]]:
    return list(
        SecurityEvent.objects.order_by("pk").values_list("kind", "application_ref", "user_ref", "reason")
    )
