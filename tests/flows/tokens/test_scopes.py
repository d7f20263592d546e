"""Which scopes a token gets (RFC 6749 §3.3): never more than was asked for, approved and registered."""

from __future__ import annotations

import time

import pytest

from oauthcore.models import Token
from tests.support.factories import UserFactory, register, register_public
from tests.support.oauth import OAuthClient, answer, me, with_person

pytestmark = pytest.mark.django_db

TREE = {name: name for name in ("read", "read:accounts", "read:follows", "write", "write:media", "push")} | {
    "follow": {"description": "Follow", "includes": ["read:follows"]},
    "library": {"description": "Work on the library", "account": True},
}


@pytest.fixture
def tree(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"SCOPES": TREE}


def own_token(registered, **parameters):
    return OAuthClient(registered).token(grant_type="client_credentials", **parameters)


def assert_invalid_scope(response):
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert "access_token" not in response.json()


@pytest.mark.rfc("6749", "6")
def test_a_refresh_may_narrow_the_access_token_but_never_the_chain(tree):
    oauth = with_person(register(scopes=["read", "write"]))
    tokens = oauth.tokens(scope="read write")

    narrowed = oauth.refresh(tokens["refresh_token"], scope="write:media").json()
    full = oauth.refresh(narrowed["refresh_token"]).json()

    assert narrowed["scope"] == "write:media"
    assert me(narrowed["access_token"]).json()["scopes"] == ["write:media"]
    assert full["scope"] == "read write"


@pytest.mark.rfc("6749", "6")
@pytest.mark.parametrize(
    "scope", ["read write", "write", "push", "follow", "nonsense", "READ", "read:", "reader"]
)
def test_a_refresh_never_widens_and_a_refused_scope_spends_nothing(scope, tree):
    oauth = with_person(register(scopes=["read", "write", "push"]))
    refresh_token = oauth.tokens(scope="read")["refresh_token"]

    assert_invalid_scope(oauth.refresh(refresh_token, scope=scope))

    assert oauth.refresh(refresh_token).json()["scope"] == "read"


@pytest.mark.parametrize(
    "scope", ["write", "nonsense", "read write", "writer", "read:nothing", "library push"]
)
def test_client_credentials_get_no_scope_that_is_not_registered(scope, tree):
    assert_invalid_scope(own_token(register(scopes=["read", "write:media"]), scope=scope))
    assert not Token.objects.exists()


def test_an_application_registered_for_a_scope_may_ask_for_what_that_scope_covers(tree):
    application = register(scopes=["write", "follow"])

    assert own_token(application, scope="write:media").json()["scope"] == "write:media"
    assert own_token(application, scope="read:follows").json()["scope"] == "read:follows"
    assert own_token(application, scope="write:media+follow").json()["scope"] == "follow write:media"
    assert_invalid_scope(own_token(application, scope="read:accounts"))


def test_client_credentials_get_no_scope_that_works_on_an_account(tree):
    application = register(scopes=["read", "library"])

    assert_invalid_scope(own_token(application, scope="library"))
    assert_invalid_scope(own_token(application, scope="read library"))
    assert own_token(application).json()["scope"] == "read"


def test_without_a_scope_an_application_gets_its_default_or_read_where_it_has_that(tree):
    for registered, granted in (
        (register(scopes=["read", "write"]), "read"),
        (register(scopes=["read", "write"], default_scopes=["write"]), "write"),
    ):
        assert own_token(registered).json()["scope"] == granted
        assert own_token(registered, scope="").json()["scope"] == granted
        oauth = with_person(registered)
        code = answer(oauth.decide(scope=None, form={"scope": [granted]}))["code"]
        assert oauth.redeem(code).json()["scope"] == granted


def test_an_application_without_read_and_default_has_to_name_a_scope(tree):
    application = register(scopes=["write"])

    assert_invalid_scope(own_token(application))
    assert_invalid_scope(own_token(application, scope=" "))
    assert own_token(application, scope="write").status_code == 200


@pytest.mark.parametrize(
    "scope",
    [
        "x" * 60_000,
        "read " * 5000,
        " ".join(f"s{n}" for n in range(5000)),
        'read "',
        "read \\",
        "read é",
        "read\tx",
    ],
    ids=["60,000 characters", "read 5000 times", "5000 names", "quote", "backslash", "not ASCII", "tab"],
)
def test_a_scope_that_makes_no_sense_is_refused_quickly(scope):
    oauth = with_person()
    refresh_token = oauth.tokens()["refresh_token"]
    begun = time.process_time()

    assert_invalid_scope(own_token(oauth.registered, scope=scope))
    assert_invalid_scope(oauth.refresh(refresh_token, scope=scope))

    assert time.process_time() - begun < 1
    assert oauth.refresh(refresh_token).status_code == 200


def test_the_members_of_a_php_array_are_unknown_parameters():
    assert own_token(register(), **{"scope[a]": "admin", "scope[]": "admin"}).json()["scope"] == "read"


def test_approving_more_does_not_widen_older_tokens(tree):
    person = UserFactory()
    oauth = with_person(register(scopes=["read", "write"]), person)
    older = oauth.tokens(scope="read")

    page = oauth.authorize(scope="read write")
    newer = oauth.tokens(scope="read write")

    assert page.status_code == 200, "the person is asked about what is new"
    assert newer["scope"] == "read write"
    assert me(older["access_token"]).json()["scopes"] == ["read"]
    assert oauth.refresh(older["refresh_token"]).json()["scope"] == "read"


def test_staff_who_give_an_application_more_scopes_widen_what_it_may_ask_for_itself(tree):
    one = register(scopes=["read"])
    older = own_token(one).json()["access_token"]
    one.application.scopes = ["read", "push"]
    one.application.save()

    newer = own_token(one, scope="read push").json()

    assert newer["scope"] == "push read"
    assert me(older).json()["scopes"] == ["read"]


def test_a_scope_that_is_taken_from_an_application_is_gone_with_the_next_refresh(tree):
    oauth = with_person(register(scopes=["read", "push"]))
    refresh_token = oauth.tokens(scope="read push")["refresh_token"]
    application = oauth.registered.application
    application.scopes = ["read"]
    application.save()

    refreshed = oauth.refresh(refresh_token).json()

    assert refreshed["scope"] == "read"
    assert oauth.refresh(refreshed["refresh_token"], scope="push").json()["error"] == "invalid_scope"


@pytest.mark.parametrize("what", ["a code", "a refresh token"])
def test_what_is_left_without_any_scope_is_refused(tree, what):
    oauth = with_person(register(scopes=["read", "push"]))
    code = oauth.code(scope="push")
    spent = oauth.redeem(code).json()["refresh_token"] if what == "a refresh token" else code
    oauth.registered.application.scopes = ["read"]
    oauth.registered.application.save()

    refused = oauth.redeem(code) if what == "a code" else oauth.refresh(spent)

    assert refused.json()["error"] == "invalid_grant"


@pytest.mark.rfc("6749", "4.4.3")
def test_client_credentials_bring_no_refresh_token_and_one_standing_grant():
    one = register()
    answers = [own_token(one).json() for _ in range(3)]

    assert all("refresh_token" not in answer for answer in answers)
    assert len({answer["access_token"] for answer in answers}) == 3
    assert one.application.grants.count() == 1


def test_client_credentials_are_for_applications_registered_for_them():
    for registered in (register(grant_types=["authorization_code"]), register_public()):
        response = own_token(registered)

        assert (response.status_code, response.json()["error"]) == (400, "unauthorized_client")
        assert not registered.application.grants.exists()
