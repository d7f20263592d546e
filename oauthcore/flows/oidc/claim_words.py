"""Claims in words: what they are called, and their values as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.flows.oidc.requested_claims import Claims


@dataclass(frozen=True)
class ClaimInWords:
    """One claim about a person: its name on the wire, what it is called, and its value."""

    name: str
    label: str
    value: str


def in_words(values: Mapping[str, Any], names: Claims) -> list[ClaimInWords]:
    """Return those of the claims that have a value, in the order in which the site offers them."""
    offered = conf.settings().claims.offered
    return [
        ClaimInWords(name, str(offered[name]), value_in_words(name, values[name]))
        for name in offered
        if name in names and name in values
    ]


def listed(names: Iterable[str]) -> str:
    """Return the words for these claims as a list in a sentence: "your name and your e-mail address"."""
    wanted, offered = frozenset(names), conf.settings().claims.offered
    return get_text_list([str(words) for name, words in offered.items() if name in wanted], _("and"))


def value_in_words(name: str, value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name == "updated_at" and isinstance(value, int | float):
        value = datetime.fromtimestamp(value, tz=UTC)
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, Mapping):
        # An address has all its lines in one of its members (OpenID Connect Core §5.1.1).
        return str(value.get("formatted") or ", ".join(str(part) for part in value.values()))
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return str(value)
