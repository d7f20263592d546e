"""Devices in the admin: data about the device of a session, and whether it was idle for too long."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy, pgettext

from oauthcore.admin.frame import searching
from oauthcore.models import Device, Grant, Token
from oauthcore.models.lifetimes import idle_lifetime


def with_last_refresh(grants: QuerySet[Any]) -> QuerySet[Any]:
    """Return the grants with ``refreshed_at``: the time of the login or of the last refresh."""
    chains = Token.objects.filter(grant=OuterRef("pk"), kind=Token.Kind.REFRESH)
    turned = chains.annotate(at=Coalesce("turned_at", "created_at")).values("at")
    annotated: QuerySet[Any] = grants.annotate(refreshed_at=Subquery(turned[:1]))
    return annotated


def stayed_away(grant: Any, now: datetime) -> bool:
    """Return whether the device of a grant has not refreshed for too long."""
    is_session = grant.kind == Grant.Kind.SESSION and grant.refreshed_at is not None
    return bool(is_session and grant.refreshed_at + idle_lifetime() <= now)


def grants_of_devices(**known: Any) -> searching.Keys:
    """Return the keys of the latest grants whose devices match these values."""
    found = Device.objects.filter(**known).order_by("-grant_id").values_list("grant_id", flat=True)
    return searching.first(found)


@admin.display(description=gettext_lazy("platform"))
def platform(grant: Grant) -> str:
    """Return the platform that the app named."""
    device = _device_of(grant)
    return device.platform if device else pgettext("platform", "Unknown")


@admin.display(description=gettext_lazy("version of the app"))
def app_version(grant: Grant) -> str:
    """Return the version that the app gave for itself."""
    device = _device_of(grant)
    return (device and device.app_version) or pgettext("version", "Unknown")


@admin.display(description=gettext_lazy("UUID given by the app"))
def client_uuid(grant: Grant) -> str:
    """Return the UUID that the app gave the device. It is for information only."""
    device = _device_of(grant)
    return str(device.client_uuid) if device and device.client_uuid else pgettext("UUID", "None")


@admin.display(description=gettext_lazy("signed in from"))
def first_address(grant: Grant) -> str:
    """Return the address from which the person signed in."""
    device = _device_of(grant)
    return (device and device.address) or pgettext("address", "Unknown")


def _device_of(grant: Grant) -> Device | None:
    return getattr(grant, "device", None)
