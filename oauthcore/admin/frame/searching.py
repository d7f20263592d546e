"""Searches of the admin. They compare whole values and beginnings of names, so that indexes can be used."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from oauthcore.models import Application
from oauthcore.models.indexes import ByBeginning

#: So many people, applications or devices that one text may mean are looked for.
MOST_MEANT = 500


@dataclass(frozen=True)
class Meaning:
    """The condition for the rows that a text matches. ``is_cut`` says that it matches more than the limit."""

    condition: Q
    is_cut: bool = False

    def __or__(self, other: Meaning) -> Meaning:
        return Meaning(self.condition | other.condition, self.is_cut or other.is_cut)


@dataclass(frozen=True)
class Keys:
    """The keys of the rows that a text matches. ``is_cut`` says that there are more."""

    keys: list[Any]
    is_cut: bool = False

    def within(self, column: str) -> Meaning:
        """Return the condition that a column holds one of the keys."""
        return Meaning(Q(**{f"{column}__in": self.keys}), self.is_cut)


def first(keys: QuerySet[Any, Any]) -> Keys:
    """Return the first keys, up to the limit."""
    found = list(keys[: MOST_MEANT + 1])
    return Keys(found[:MOST_MEANT], is_cut=len(found) > MOST_MEANT)


def as_uuid(term: str) -> UUID | None:
    """Return a text as a UUID, or None."""
    try:
        return UUID(term)
    except ValueError:
        return None


def as_address(term: str) -> str | None:
    """Return a text as a network address in the spelling of the rows, or None."""
    try:
        return str(ip_address(term))
    except ValueError:
        return None


def people(term: str) -> Keys:
    """Return the keys of the people with this login, as typed, in lower case and in other usual cases.

    An index finds each spelling. No index finds a name in any mixture of cases.
    """
    user = get_user_model()
    written = {term, term.lower(), term.upper(), term.capitalize(), term.title()}
    named = {f"{user.USERNAME_FIELD}__in": written}
    return first(user._default_manager.filter(**named).values_list("pk", flat=True))


def applications(term: str) -> Keys:
    """Return the keys of the application with this client ID, and of those whose name begins with the text.

    It takes two statements, because no single index covers both.
    """
    rows = Application.objects.values_list("pk", flat=True)
    named = first(rows.filter(name__istartswith=term).order_by(ByBeginning("name")))
    return Keys([*rows.filter(client_id=term), *named.keys], named.is_cut)


def of(person: str, application: str, term: str) -> Meaning:
    """Return the condition for rows of the person or application that a text matches."""
    return people(term).within(person) | applications(term).within(application)
