"""Accounts belong to the site: the protocol through which it tells oauthcore about them.

A site names its class in ``OAUTHCORE["ACCOUNT_BACKEND"]``. One that has no accounts leaves the default.
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

__all__ = ["Account", "AccountBackend", "FindsPeople", "NamesAccounts", "NoAccounts"]


def person_of(request: HttpRequest) -> User:
    """Return who is logged in, for views that nobody else can reach."""
    return cast(User, request.user)


@dataclass(frozen=True)
class Account:
    """A tenant of the site, with the role of one person; without a role where no person is asked about.

    ``scopes`` is what the person's role allows there; None when roles limit nothing.
    """

    uuid: UUID
    name: str
    role: str | None = None
    scopes: frozenset[str] | None = None


class AccountBackend(Protocol):
    """What a site answers about its accounts and its users. One query at most for each question."""

    def accounts_of(self, user: AbstractBaseUser) -> Sequence[Account]:
        """Return the live accounts a user may work on, with role and scopes, in the order to show them."""

    def find(self, account_uuid: UUID, *, user: AbstractBaseUser | None = None) -> Account | None:
        """Return the account if it is live and, where a user is given, if that user may work on it."""

    def is_live_user(self, user: AbstractBaseUser) -> bool:
        """Return whether the user may still use what was granted to them."""


@runtime_checkable
class NamesAccounts(Protocol):
    """What a backend may answer besides: lists in the admin then show names, where they would show UUIDs."""

    def names_of(self, account_uuids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those of the accounts that are live; one query."""


@runtime_checkable
class FindsPeople(Protocol):
    """What a backend may answer besides: which person an identity provider of a company means."""

    def find_person(self, issuer: str, subject: str, claims: Mapping[str, Any]) -> User | None:
        """Return the person whom a trusted issuer names, or None where the table of people decides."""


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
