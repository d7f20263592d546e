"""What a person's token may do: what their role in the account gives, asked at each request.

Every endpoint of the library against every role is in ``tests/site/test_roles.py``.
"""

from __future__ import annotations

import pytest

from oauthcore import accounts
from reference_site.accounts.models import Membership
from reference_site.accounts.roles import ALL_SCOPES
from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, me
from tests.support.reference_site.factories import ImageFactory, MembershipFactory
from tests.support.sign_in.people import with_account
from tests.support.sign_in.phone import Phone

pytestmark = pytest.mark.django_db

GIVEN = {
    "viewer": {"api.images.read", "api.download"},
    "editor": ALL_SCOPES - {"api.images.delete"},
    "owner": ALL_SCOPES,
}


@pytest.fixture
def server():
    return OAuthClient(register(may_introspect=True))


def scopes_of(text, server):
    """Return what the API and introspection say that a token may do; they agree."""
    said, introspected = me(text).json(), server.introspect(text).json()
    can = {name for name, has in said["capabilities"].items() if has}
    assert set(said["scopes"]) == can == set(introspected["scope"].split())
    assert introspected["active"] is True
    return can


def statuses(phone, text, image):
    """Read, edit and delete an image; return the answers' statuses."""
    path, headers = f"/v1/images/{image.uuid}", {"authorization": f"Bearer {text}"}
    client = phone.app.client
    edited = client.patch(path, {"title": "Dusk"}, content_type="application/json", headers=headers)
    return [
        client.get(path, headers=headers).status_code,
        edited.status_code,
        client.delete(path, headers=headers).status_code,
    ]


@pytest.mark.parametrize(
    ("role", "answers"),
    {"viewer": [200, 403, 403], "editor": [200, 200, 403], "owner": [200, 200, 204]}.items(),
)
def test_a_role_gives_its_scopes_and_no_other(role, answers, clock, server):
    phone = Phone(with_account(role=role))
    text = phone.access_token()

    assert phone.signed_in["accounts"][0]["role"] == role
    assert scopes_of(text, server) == GIVEN[role]
    assert statuses(phone, text, ImageFactory(account=phone.person.account)) == answers


def test_a_change_of_role_holds_for_the_token_that_is_out_already(person, server):
    phone, other = Phone(person), MembershipFactory(user=person.user, role="owner").account
    text, elsewhere = phone.access_token(), phone.access_token(other)
    image = ImageFactory(account=person.account)

    for role in ("viewer", "editor", "viewer"):
        Membership.objects.filter(account=person.account).update(role=role)
        assert scopes_of(text, server) == GIVEN[role]
        assert statuses(phone, text, image) == [200, 200 if role == "editor" else 403, 403]
        assert phone.refresh().json["account"]["role"] == role

    assert scopes_of(elsewhere, server) == ALL_SCOPES, "each account has its own role"


def test_an_image_of_another_account_of_ones_own_is_not_found(person):
    phone, other = Phone(person), MembershipFactory(user=person.user).account
    image = ImageFactory(account=other)

    assert statuses(phone, phone.access_token(), image) == [404, 404, 404]
    assert statuses(phone, phone.access_token(other), image) == [200, 200, 204]


def test_introspection_says_whose_it_is_and_names_no_client(person, server, clock):
    phone = Phone(person)
    text = phone.access_token()

    said = server.introspect(text).json()

    of_the_login = {"auth_time", "acr"}
    assert said.keys() == of_the_login | {
        *("active", "scope", "username", "token_type", "exp", "iat", "sub", "iss"),
    }
    assert (said["username"], said["token_type"], said["exp"] - said["iat"]) == ("ada", "Bearer", 900)
    assert server.introspect(phone.refresh_token).json() == {"active": False}


def test_a_role_that_names_no_scopes_gives_none_to_whoever_signs_in(person, settings, server, monkeypatch):
    phone = Phone(person)
    unlimited = accounts.Account(person.account.pk, "Studio")
    backend = "reference_site.accounts.backend.MembershipBackend.find"
    monkeypatch.setattr(backend, lambda self, account_uuid, *, user=None: unlimited)

    text = phone.access_token()

    assert is_live(text)
    assert scopes_of(text, server) == set()
