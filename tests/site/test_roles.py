"""What somebody who has signed in may do with an account's pictures: what their role allows (wire §6)."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from reference_site.accounts.roles import Role
from tests.support.factories import sign_in_token
from tests.support.reference_site.endpoints import CALLS, objects_of, send
from tests.support.reference_site.factories import AccountFactory, MembershipFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("roles are compared in Python after one query"),
]

ALLOWED = {
    Role.VIEWER: {"api.images.read", "api.download"},
    Role.EDITOR: {call.scope for call in CALLS} - {"api.images.delete"},
    Role.OWNER: {call.scope for call in CALLS},
}


@pytest.fixture
def member(account):
    return MembershipFactory(account=account, role=Role.VIEWER)


@pytest.fixture
def app(member, account, client_with):
    """An app on which the member has signed in."""
    return client_with(sign_in_token(member.user, account.uuid))


def refused_scopes(app: APIClient, account) -> set[str]:
    """Make every call of the library, each on objects of its own; return the scopes that were refused."""
    refused = set()
    for call in CALLS:
        answer = send(app, call, objects_of(account))
        if answer.status_code == 403:
            assert answer.json()["error"] == "insufficient_scope"
            assert f'scope="{call.scope}"' in answer["WWW-Authenticate"]
            refused.add(call.scope)
        else:
            assert answer.status_code in (200, 201, 204) or call.scope == "api.upload"
    return refused


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_own_endpoints_and_no_other(role, member, account, app):
    member.role = role
    member.save()

    assert refused_scopes(app, account) == ALLOWED[Role.OWNER] - ALLOWED[role]


def test_a_change_of_role_holds_for_the_token_that_is_out_already(member, account, app):
    objects = objects_of(account)
    path, change = f"/v1/images/{objects['image']}", {"title": "Evening"}
    assert app.patch(path, change, format="json").status_code == 403

    type(member).objects.update(role=Role.EDITOR)
    assert app.patch(path, change, format="json").status_code == 200

    type(member).objects.update(role=Role.VIEWER)
    assert app.patch(path, change, format="json").status_code == 403


def test_a_token_for_one_account_finds_nothing_of_another_one_of_the_same_person(member, app, client_with):
    elsewhere = MembershipFactory(user=member.user, account=AccountFactory(), role=Role.OWNER).account
    path = f"/v1/images/{objects_of(elsewhere)['image']}"

    assert app.get(path).status_code == 404
    assert client_with(sign_in_token(member.user, elsewhere.uuid)).get(path).status_code == 200


def test_what_a_role_allows_is_what_me_says(member, account, app):
    said = app.get("/v1/me").json()

    assert (said["kind"], said["account"]["uuid"]) == ("user_token", str(account.uuid))
    assert {name for name, has in said["capabilities"].items() if has} == ALLOWED[Role.VIEWER]
