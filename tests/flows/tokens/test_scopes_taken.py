"""A scope that is taken from an application is gone from its live tokens at the next request."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import OAuthClient, me, with_person
from tests.support.reference_site.factories import MembershipFactory

pytestmark = pytest.mark.django_db

TREE = {name: name for name in ("read", "read:follows", "write", "write:media", "push")} | {
    "follow": {"description": "Follow", "includes": ["read:follows"]},
}


@pytest.fixture
def tree(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SCOPES": TREE}


def take(registered, *left):
    registered.application.scopes = frozenset(left)
    registered.application.save()


def images(token):
    return Client().get("/v1/images", headers={"authorization": f"Bearer {token}"})


@pytest.mark.urls("reference_site.urls")
def test_what_a_view_requires_is_asked_of_the_application_too():
    membership, registered = MembershipFactory(), register()
    token = bearer(
        user=membership.user,
        application=registered.application,
        account_uuid=membership.account_id,
        scopes=["read", "api.images.read"],
    )
    assert images(token).status_code == 200

    take(registered, "read")

    refused = images(token)
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")
    take(registered, "read", "api.images.read")
    assert images(token).status_code == 200, "what is given back is what the person allowed"


@pytest.mark.parametrize(
    ("granted", "left", "told"),
    [
        ("read push", ["read"], {"read"}),
        ("read push", [], set()),
        ("write:media", ["write"], {"write:media"}),
        ("write", ["write:media"], {"write:media"}),
        ("follow", ["read:follows"], {"read:follows"}),
        ("read", ["follow"], {"read:follows"}),
        ("follow", ["push"], set()),
    ],
)
def test_me_and_introspection_tell_what_is_left(tree, granted, left, told):
    server = OAuthClient(register(may_introspect=True, scopes=["read"]))
    oauth = with_person(register(scopes=["read", "write", "push", "follow"]), UserFactory())
    tokens = oauth.tokens(scope=granted)

    take(oauth.registered, *left)

    seen = me(tokens["access_token"]).json()
    assert set(seen["scopes"]) == told
    assert {name for name, may in seen["capabilities"].items() if may} >= told
    assert seen["capabilities"]["push"] is ("push" in told)
    assert set(server.introspect(tokens["access_token"]).json()["scope"].split()) == told


def test_a_token_that_an_application_got_for_itself_loses_it_too(tree):
    registered = register(scopes=["read", "push"])
    token = OAuthClient(registered).token(grant_type="client_credentials", scope="read push").json()

    take(registered, "read")

    assert me(token["access_token"]).json()["scopes"] == ["read"]


def test_the_connections_page_no_longer_lists_it(tree):
    oauth = with_person(register(scopes=["read", "push"]))
    oauth.tokens(scope="read push")
    assert "push" in listed(oauth)

    take(oauth.registered, "read")

    assert "push" not in listed(oauth)


def listed(oauth):
    return oauth.browser.get("/oauth/connections/").content.decode().split("<main")[1]
