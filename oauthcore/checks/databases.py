"""Checks of how long a request waits for a database or a cache that is stuck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, register
from django.core.checks import Warning as Caution
from django.db import connections

#: What has to stand in OPTIONS for each kind of database, and what in the text that sets the session up.
_OPTIONS: dict[str, tuple[str, ...]] = {
    "postgresql": ("connect_timeout", "keepalives_idle", "answer_within"),
    "mysql": ("connect_timeout", "read_timeout", "write_timeout"),
}
_IN_TEXT: dict[str, tuple[str, tuple[str, ...]]] = {
    "postgresql": ("options", ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")),
    "mysql": ("init_command", ("innodb_lock_wait_timeout",)),
}
#: The same for a cache on Redis or Valkey, with the backend of Django and with django-redis.
_OF_CACHES = ("socket_connect_timeout", "socket_timeout")


@register(deploy=True)
def check_waiting(**_: Any) -> list[CheckMessage]:
    """Check that a stuck lock or a database that does not answer cannot hang the site."""
    found: list[CheckMessage] = []
    for alias in django_settings.DATABASES:
        connection = connections[alias]
        missing = _missing(connection.vendor, connection.settings_dict["OPTIONS"])
        if missing:
            hint = f"Add to its OPTIONS: {', '.join(missing)}. docs/deployment.md has an example."
            text = f"Requests wait without limit for the database {alias!r} when it does not answer."
            found.append(Caution(text, hint=hint, id="oauthcore.W010"))
    return found


@register(deploy=True)
def check_waiting_for_caches(**_: Any) -> list[CheckMessage]:
    """Check that a cache on Redis or Valkey that does not answer cannot hang the site."""
    found: list[CheckMessage] = []
    for alias, cache in django_settings.CACHES.items():
        given = {str(name).lower() for name in cache.get("OPTIONS", {})}
        missing = [name for name in _OF_CACHES if name not in given]
        if missing and cache["BACKEND"].endswith("RedisCache"):
            hint = f"Add to its OPTIONS: {', '.join(missing)}. docs/deployment.md has an example."
            text = f"Requests wait without limit for the cache {alias!r} when it does not answer."
            found.append(Caution(text, hint=hint, id="oauthcore.W011"))
    return found


def _missing(vendor: str, options: Mapping[str, Any]) -> list[str]:
    if vendor not in _OPTIONS:
        return []
    key, names = _IN_TEXT[vendor]
    text = str(options.get(key, ""))
    return [
        *(name for name in _OPTIONS[vendor] if not options.get(name)),
        *(f"{key} with {name}" for name in names if name not in text),
    ]
