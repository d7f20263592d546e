"""A check of how the protected resources are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error

from oauthcore import conf
from oauthcore.rules.oauth.resources import canonical
from oauthcore.rules.wire.loopback import is_protected

_MEMBERS = {"name", "scopes", "access_token_format", "offline"}
_HINT = (
    'Write "https://example.org/mcp": {"name": "…", "scopes": ["…"]}. Scheme and host are in lower case, the '
    "address has no query and no fragment, and an origin has no slash behind it."
)


def check_resources(settings: conf.Settings) -> Iterator[CheckMessage]:
    """Yield an error for each entry of ``RESOURCES`` with a mistake."""
    for address, members in settings.RESOURCES.items():
        if problem := _problem(address, members, settings):
            yield Error(f"{address!r} in RESOURCES {problem}.", hint=_HINT, id="oauthcore.E040")


def _problem(address: Any, members: Any, settings: conf.Settings) -> str | None:
    if not isinstance(address, str) or canonical(address) != address:
        return "is not the address of a resource as addresses are compared"
    parts = urlsplit(address)
    if not is_protected(parts):
        return "is not an https address (http is for 127.0.0.1, [::1] and localhost only)"
    if not isinstance(members, Mapping) or not members.get("name"):
        return "has no name"
    scopes = members.get("scopes")
    if not isinstance(scopes, list | tuple | set | frozenset) or not scopes:
        return "has no list of scopes"
    unknown = sorted(str(one) for one in scopes if one not in settings.SCOPES)
    if unknown:
        return f"has the scope {unknown[0]!r}, which is not in SCOPES"
    if members.get("access_token_format", "opaque") not in ("opaque", "jwt"):
        return 'has an access_token_format other than "opaque" and "jwt"'
    if not isinstance(members.get("offline", False), bool):
        return "has an offline that is neither True nor False"
    more = sorted(map(str, set(members) - _MEMBERS))
    return f"has an unknown member {more[0]!r}" if more else None
