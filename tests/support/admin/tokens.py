"""The screens of service tokens as a browser has them, and tokens to be found there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from oauthcore.flows.service_tokens import service_tokens as flow
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.models import SecurityEvent, ServiceToken
from reference_site.accounts.models import Account
from tests.support.factories import UserFactory

TOKENS = "/admin/oauthcore/servicetoken/"
ADD = f"{TOKENS}add/"
FIND = f"{TOKENS}find/"
EDITORS = ("view_servicetoken", "change_servicetoken")


def made(account: Account, *, label: str = "Nightly export", **limits: Any) -> tuple[ServiceToken, str]:
    """Make a token as staff would; return it with its text."""
    limits = {"scopes": frozenset({"api.images.read"}), **limits}
    token, secret = flow.make(account.uuid, Limits(label=label, **limits), staff=UserFactory())
    return token, secret.reveal()


def address(token: ServiceToken, act: str = "change") -> str:
    return f"{TOKENS}{token.pk}/{act}/"


def in_days(days: float) -> Any:
    return timezone.now() + timedelta(days=days)


def shown(page: Any) -> dict[str, Any]:
    """Return what a browser would send if nothing was touched on the page."""
    fields: dict[str, Any] = {"page": page.context["page"]} if page.context.get("page") else {}
    for bound in page.context["form"]:
        value = bound.value()
        if bound.name == "max_request_bytes":
            number, unit = bound.field.widget.decompress(value)
            fields |= {"max_request_bytes_0": number, "max_request_bytes_1": unit}
        else:
            fields[bound.name] = value
    return {name: value for name, value in fields.items() if value is not None}


def add(browser: Client, account: Account, **changes: Any) -> Any:
    """Open the form of a new token, fill it in and send it."""
    fields = shown(browser.get(ADD))
    fields |= {"label": "Nightly export", "account_uuid": str(account.uuid), "scopes": ["api.images.read"]}
    return browser.post(ADD, fields | changes)


def save(browser: Client, token: ServiceToken, **changes: Any) -> Any:
    """Open the page of a token, make the changes, and save it."""
    return browser.post(address(token), shown(browser.get(address(token))) | changes)


def rotate(browser: Client, token: ServiceToken, *, overlap: str = "3600", page: str | None = None) -> Any:
    page = browser.get(address(token)).context["page"] if page is None else page
    return browser.post(address(token, "rotate"), {"overlap": overlap, "page": page})


def problems(page: Any) -> dict[str, list[str]]:
    """Return what a form says is wrong, by field."""
    return dict(page.context["form"].errors)


def said(page: Any) -> str:
    """Return the messages that a page shows."""
    return " ".join(str(one) for one in page.context["messages"])


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))
