"""The devices on which a person is signed in, as pages list them, and ending them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oauthcore.accounts import User
from oauthcore.flows.connections import disconnect
from oauthcore.flows.connections.connections import DeviceSession, LastUse
from oauthcore.flows.sign_in import device_sessions


def in_words(devices: Iterable[DeviceSession], now: datetime) -> list[dict[str, Any]]:
    """Return devices as ``oauthcore/connections/devices.html`` shows them."""
    return [
        {
            "uuid": one.uuid,
            "label": one.label,
            "platform": one.platform,
            "app_version": one.app_version,
            "since": one.since,
            "last_use": last_use_in_words(one.last_use, now),
        }
        for one in devices
    ]


def last_use_in_words(use: LastUse | None, now: datetime) -> dict[str, Any] | None:
    """Return when and from where something was used last, as pages say it."""
    if use is None:
        return None
    is_long_ago = (now - use.at).total_seconds() >= 60
    words = pgettext("last used", "%(time)s ago") if is_long_ago else pgettext("last used", "just now")
    ago = words % {"time": timesince(use.at, now, depth=1)}
    return {"at": use.at, "ago": ago, "address": use.address}


def end(user: User, form: QueryDict, now: datetime) -> str:
    """Sign out the device, or all of them, and return in words what was done. Anything else is Http404."""
    match [(name, form.getlist(name)) for name in ("device", "all") if name in form]:
        case [("device", [uuid])]:
            return _end_one(user, uuid, now)
        case [("all", ["devices"])]:
            device_sessions.end_devices(user, now=now, reason=disconnect.REASON)
            return _("You have signed out all devices.")
    raise Http404


def _end_one(user: User, text: str, now: datetime) -> str:
    try:
        session = device_sessions.end_device(user, UUID(text), now=now, reason=disconnect.REASON)
    except ValueError:
        session = None
    if session is None:
        raise Http404
    if not session.label:
        return _("You have signed out the device.")
    return _("You have signed out %(name)s.") % {"name": apart(session.label)}


def apart(name: str) -> str:
    """Return a name for a sentence: whichever way it is written, it does not turn the rest around."""
    return f"\N{FIRST STRONG ISOLATE}{Truncator(name).chars(80)}\N{POP DIRECTIONAL ISOLATE}"
