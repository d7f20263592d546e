"""The protocol through which a site tells oauthcore about its accounts and users.

A site names its class in ``OAUTHCORE["ACCOUNT_BACKEND"]``. A site without accounts leaves the default.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast, runtime_checkable
from uuid import UUID

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import _User
    from django.http import HttpRequest

#: A person: an instance of the site's user model, for type checkers.
User: TypeAlias = "_User"

__all__ = ["Account", "AccountBackend", "FindsPeople", "KnowsLanguages", "NamesAccounts", "NoAccounts"]


def person_of(request: HttpRequest) -> User:
    """Return the logged-in user of a request. Only for views that require a login."""
    return cast(User, request.user)


@dataclass(frozen=True)
class Account:
    """A tenant of the site. If a person was named, it also has the role of that person.

    ``scopes`` is what the person's role allows on the account, or None if roles limit nothing.
    """

    uuid: UUID
    name: str
    role: str | None = None
    scopes: frozenset[str] | None = None


class AccountBackend(Protocol):
    """What a site answers about its accounts and users. Each method runs one query at most."""

    def accounts_of(self, user: AbstractBaseUser) -> Sequence[Account]:
        """Return the live accounts a user may work on, with role and scopes, in the order to show them."""

    def find(self, account_uuid: UUID, *, user: AbstractBaseUser | None = None) -> Account | None:
        """Return the account if it is live and the user, if given, may work on it; else None."""

    def is_live_user(self, user: AbstractBaseUser) -> bool:
        """Return whether the user may still use what was granted to them."""


@runtime_checkable
class NamesAccounts(Protocol):
    """An optional part of a backend. With it, lists in the admin show names of accounts in place of UUIDs."""

    def names_of(self, account_uuids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of the live accounts among these, by UUID, with one query."""


@runtime_checkable
class KnowsLanguages(Protocol):
    """An optional part of a backend. With it, mails to a person are in the language of that person."""

    def language_of(self, user: AbstractBaseUser) -> str:
        """Return the code of a person's language, such as ``de``, or an empty text for the site's own."""


@runtime_checkable
class FindsPeople(Protocol):
    """An optional part of a backend: it finds the person whom a company's identity provider names."""

    def find_person(self, issuer: str, subject: str, claims: Mapping[str, Any]) -> User | None:
        """Return the person whom a trusted issuer names, or None to look in ``IssuerSubject``.

        ``issuer`` and ``subject`` are the claims ``iss`` and ``sub``; ``claims`` are all of its claims.
        """


class NoAccounts:
    """The backend of a site without accounts: users are live as long as they are active."""

    def accounts_of(self, user: AbstractBaseUser) -> Sequence[Account]:
        """Return no account."""
        return ()

    def find(self, account_uuid: UUID, *, user: AbstractBaseUser | None = None) -> Account | None:
        """Return None: there are no accounts."""
        return None

    def is_live_user(self, user: AbstractBaseUser) -> bool:
        """Return whether the user is active."""
        return user.is_active
