"""What the site tells oauthcore: its accounts, its claims, its second factor."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from oauthcore.accounts import (
    Account,
    AccountBackend,
    FindsPeople,
    KnowsLanguages,
    NamesAccounts,
    NoAccounts,
)
from oauthcore.claims import ClaimsSource, UserClaims
from oauthcore.models import IssuerSubject, TrustedIssuer
from oauthcore.second_factor import NoSecondFactor, SecondFactor

TEAM = Account(UUID(int=1), "Night shift", role="reader", scopes=frozenset({"notes.read"}))


class Teams(NoAccounts):
    """One team, for everybody."""

    def accounts_of(self, user: AbstractBaseUser) -> Sequence[Account]:
        return [TEAM]

    def find(self, account_uuid: UUID, *, user: AbstractBaseUser | None = None) -> Account | None:
        return TEAM if account_uuid == TEAM.uuid else None

    def names_of(self, account_uuids: Collection[UUID]) -> Mapping[UUID, str]:
        return {TEAM.uuid: TEAM.name}

    def find_person(self, issuer: str, subject: str, claims: Mapping[str, Any]) -> User | None:
        known = IssuerSubject.objects.filter(issuer__issuer=issuer, subject=subject).first()
        return None if known is None else known.user

    def language_of(self, user: AbstractBaseUser) -> str:
        return "de"


class Claims(UserClaims):
    """The user's claims, and a picture."""

    offered: Mapping[str, StrOrPromise] = {**UserClaims.offered, "picture": _("your picture")}

    def values_of(self, user: User, names: frozenset[str]) -> Mapping[str, Any]:
        return {**super().values_of(user, names), "picture": f"https://notes.example/{user.pk}.png"}


class TextMessages:
    """A second factor of the site's own."""

    def methods_of(self, user: User) -> Sequence[str]:
        return ["text_message"]

    def use(self, user: User, code: str) -> str | None:
        return None


backend: AccountBackend = Teams()
names: NamesAccounts = Teams()
people: FindsPeople = Teams()
languages: KnowsLanguages = Teams()
claims: ClaimsSource = Claims()
factors: list[SecondFactor] = [TextMessages(), NoSecondFactor()]
issuers: list[str] = [one.issuer for one in TrustedIssuer.objects.all()]
