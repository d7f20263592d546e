"""What a search of the admin compares: whole values and beginnings of names, which indexes find."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q

from oauthcore.models import Application

#: So many people, applications or devices that one text may mean are looked for.
MOST_MEANT = 1000


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


def people(term: str) -> list[Any]:
    """Return the keys of the people who log in with this name, in whatever case it is written as a rule.

    An index finds each of these at once; none finds a name in any case whatever.
    """
    user = get_user_model()
    written = {term, term.lower(), term.upper(), term.capitalize(), term.title()}
    named = {f"{user.USERNAME_FIELD}__in": written}
    return _first(user._default_manager.filter(**named).values_list("pk", flat=True))


def applications(term: str) -> list[int]:
    """Return the keys of the applications of this client ID, or whose name begins so, in any case."""
    meant = Application.objects.filter(Q(client_id=term) | Q(name__istartswith=term))
    return _first(meant.order_by("name", "pk").values_list("pk", flat=True))


def of(person: str, application: str, term: str) -> Q:
    """Return the condition that a row is of the person or the application that a text means."""
    return Q(**{f"{person}__in": people(term)}) | Q(**{f"{application}__in": applications(term)})


def _first(keys: Iterable[Any]) -> list[Any]:
    rows: Any = keys
    return list(rows[:MOST_MEANT])
