from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone

from reference_site.accounts.backend import MembershipBackend
from reference_site.accounts.roles import ALL_SCOPES, Role
from tests.support.reference_site.factories import AccountFactory, MembershipFactory, UserFactory, token_for

pytestmark = pytest.mark.django_db

ROLE_SCOPES = {
    Role.VIEWER: {"api.images.read", "api.download"},
    Role.EDITOR: ALL_SCOPES - {"api.images.delete"},
    Role.OWNER: ALL_SCOPES,
}


@pytest.mark.parametrize("role", Role)
def test_a_role_allows_exactly_the_scopes_of_the_contract(role):
    membership = MembershipFactory(role=role)

    found = MembershipBackend().find(membership.account.uuid, user=membership.user)

    assert (found.role, found.scopes) == (role.value, ROLE_SCOPES[role])


def test_a_user_works_on_the_live_accounts_they_are_a_member_of():
    here = MembershipFactory(account__name="Here")
    MembershipFactory(user=here.user, account__name="Suspended", account__suspended_at=timezone.now())
    MembershipFactory(account__name="Elsewhere")

    assert [one.name for one in MembershipBackend().accounts_of(here.user)] == ["Here"]


def test_an_account_is_found_with_one_query(django_assert_num_queries):
    membership = MembershipFactory()

    with django_assert_num_queries(1):
        MembershipBackend().find(membership.account.uuid, user=membership.user)
    with django_assert_num_queries(1):
        MembershipBackend().find(membership.account.uuid)


def test_an_account_without_a_user_given_is_limited_by_no_role():
    account = AccountFactory()

    found = MembershipBackend().find(account.uuid)

    assert (found.name, found.role, found.scopes) == (account.name, None, None)


def test_no_account_is_found_for_a_stranger_or_an_unknown_uuid():
    account, stranger = AccountFactory(), UserFactory()

    assert MembershipBackend().find(account.uuid, user=stranger) is None
    assert MembershipBackend().find(uuid4()) is None


def test_an_inactive_user_is_not_live():
    assert MembershipBackend().is_live_user(UserFactory()) is True
    assert MembershipBackend().is_live_user(UserFactory(is_active=False)) is False


def test_the_database_keeps_one_membership_for_a_user_in_an_account():
    membership = MembershipFactory()

    with pytest.raises(IntegrityError):
        MembershipFactory(account=membership.account, user=membership.user)


def test_a_suspended_account_ends_its_tokens_at_the_next_request(account, client_with):
    client = client_with(token_for(account))
    assert client.get("/v1/images").status_code == 200

    account.suspended_at = timezone.now()
    account.save()

    assert client.get("/v1/images").status_code == 401


def test_a_removed_membership_ends_the_tokens_of_the_member_only(account, client_with):
    leaving, staying = client_with(token_for(account)), client_with(token_for(account))
    account.memberships.order_by("pk").first().delete()

    assert leaving.get("/v1/images").status_code == 401
    assert staying.get("/v1/images").status_code == 200


def test_a_role_taken_away_counts_at_the_next_request(account, client_with):
    client = client_with(token_for(account))
    account.memberships.update(role=Role.VIEWER)

    assert client.post("/v1/sets", {"name": "New"}).status_code == 403
    assert client.get("/v1/images").status_code == 200
