"""What a search of the admin compares: whole values and beginnings of names, which indexes find."""

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
    """The condition of the rows that a text means; ``is_cut`` where it means more than is looked for."""

    condition: Q
    is_cut: bool = False

    def __or__(self, other: Meaning) -> Meaning:
        return Meaning(self.condition | other.condition, self.is_cut or other.is_cut)


@dataclass(frozen=True)
class Keys:
    """The keys of what a text means; ``is_cut`` where there are more."""

    keys: list[Any]
    is_cut: bool = False

    def within(self, column: str) -> Meaning:
        """Return that a column holds one of them."""
        return Meaning(Q(**{f"{column}__in": self.keys}), self.is_cut)


def first(keys: QuerySet[Any, Any]) -> Keys:
    """Return the first of these keys."""
    found = list(keys[: MOST_MEANT + 1])
    return Keys(found[:MOST_MEANT], is_cut=len(found) > MOST_MEANT)


def as_uuid(term: str) -> UUID | None:
    """Return the UUID that a text is, or None."""
    try:
        return UUID(term)
    except ValueError:
        return None


def as_address(term: str) -> str | None:
    """Return the address that a text is, as rows have it, or None."""
    try:
        return str(ip_address(term))
    except ValueError:
        return None


def people(term: str) -> Keys:
    """Return the keys of the people who log in with this name, in whatever case it is written as a rule.

    An index finds each of these at once; none finds a name in any case whatever.
    """
    user = get_user_model()
    written = {term, term.lower(), term.upper(), term.capitalize(), term.title()}
    named = {f"{user.USERNAME_FIELD}__in": written}
    return first(user._default_manager.filter(**named).values_list("pk", flat=True))


def applications(term: str) -> Keys:
    """Return the keys of the application of this client ID, and of those whose name begins so, in any case.

    In two statements: no one index has the order of both.
    """
    rows = Application.objects.values_list("pk", flat=True)
    named = first(rows.filter(name__istartswith=term).order_by(ByBeginning("name")))
    return Keys([*rows.filter(client_id=term), *named.keys], named.is_cut)


def of(person: str, application: str, term: str) -> Meaning:
    """Return the condition that a row is of the person or the application that a text means."""
    return people(term).within(person) | applications(term).within(application)
