"""The account backend of this site (``oauthcore.accounts.AccountBackend``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from oauthcore.accounts import Account as AccountInWords
from reference_site.accounts.models import Account, Membership
from reference_site.accounts.roles import Role


class MembershipBackend:
    """A user may work on the live accounts of which they are a member, within their role."""

    def accounts_of(self, user: AbstractBaseUser) -> Sequence[AccountInWords]:
        """Return the live accounts of a user with role and scopes, by name. It takes one query."""
        memberships = _live_memberships().filter(user_id=user.pk)
        return [_in_words(membership) for membership in memberships]

    def find(self, account_uuid: UUID, *, user: AbstractBaseUser | None = None) -> AccountInWords | None:
        """Return the account if it is live and the user, if given, is a member. It takes one query."""
        if user is not None:
            membership = _live_memberships().filter(user_id=user.pk, account_id=account_uuid).first()
            return _in_words(membership) if membership else None
        account = Account.live.filter(pk=account_uuid).first()
        return AccountInWords(uuid=account.uuid, name=account.name) if account else None

    def names_of(self, account_uuids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of the live ones of these accounts. It takes one query."""
        return dict(Account.live.filter(pk__in=account_uuids).values_list("pk", "name"))

    def is_live_user(self, user: AbstractBaseUser) -> bool:
        """Return whether the user is active."""
        return user.is_active


def _live_memberships() -> QuerySet[Membership]:
    return Membership.objects.select_related("account").filter(account__suspended_at=None)


def _in_words(membership: Membership) -> AccountInWords:
    account, role = membership.account, Role(membership.role)
    return AccountInWords(uuid=account.uuid, name=account.name, role=role.value, scopes=role.scopes)
