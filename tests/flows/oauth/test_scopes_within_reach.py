"""An application that registered itself asks for another open scope when it needs one, and keeps it."""

from __future__ import annotations

import pytest

from oauthcore.models import Application
from tests.support.factories import UserFactory, register
from tests.support.oauth import answer, with_person
from tests.support.registration import CALLBACK, registered_itself
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

WAY = {"redirect_uri": CALLBACK}


@pytest.fixture
def oauth():
    return with_person(registered_itself(scope="read", grant_types=["authorization_code", "refresh_token"]))


def scopes_of(oauth):
    return Application.objects.get(pk=oauth.registered.application.pk).scopes


def test_an_open_scope_that_a_person_approves_becomes_its_own(oauth):
    issued = oauth.redeem(oauth.code(scope="read write:media", **WAY), **WAY).json()

    assert issued["scope"] == "read write:media"
    assert scopes_of(oauth) == {"read", "write:media"}
    assert oauth.refresh(issued["refresh_token"]).json()["scope"] == "read write:media"


def test_one_that_the_person_leaves_out_does_not(oauth):
    page = oauth.authorize(scope="read write:media", **WAY)
    oauth.decide(
        transaction=page.context["transaction"], form={"scope": ["read"]}, scope="read write:media", **WAY
    )

    assert scopes_of(oauth) == {"read"}


def test_one_that_staff_have_to_approve_is_refused(oauth):
    asked = oauth.authorize(scope="read api.images.delete", **WAY)

    assert answer(asked)["error"] == "invalid_scope"


def test_an_application_of_a_developer_keeps_to_its_own_and_so_does_a_legacy_one():
    developers = with_person(register(scopes=["read"]))
    legacy = with_person(
        register(scopes=["read"], is_self_registered=True, profile="oauth2.0"), UserFactory()
    )

    for one in (developers, legacy):
        assert answer(one.authorize(scope="read write:media"))["error"] == "invalid_scope"


def test_a_remembered_consent_to_scopes_that_it_has_costs_nothing_more(oauth):
    oauth.code(scope="read write:media", **WAY)

    with statements() as run:
        oauth.authorize(scope="read write:media", **WAY)

    assert not [one for one in run if one.startswith("UPDATE oauthcore_application")], run


def test_one_that_staff_trust_keeps_to_its_own(oauth):
    """Nobody is asked about those, and nobody can give it others with an address that they made up."""
    Application.objects.update(is_trusted=True)

    assert oauth.authorize(scope="read", **WAY).status_code == 302
    assert answer(oauth.authorize(scope="read write:media", **WAY))["error"] == "invalid_scope"

    found = Application.objects.get()
    assert (found.scopes, found.is_trusted) == ({"read"}, True)


def test_one_that_was_taken_away_since_is_asked_about_again_although_the_person_approved_it(oauth):
    oauth.code(scope="read write:media", **WAY)
    Application.objects.update(scopes=["read"])

    assert oauth.authorize(scope="read write:media", **WAY).status_code == 200
    assert (
        oauth.redeem(oauth.code(scope="read write:media", **WAY), **WAY).json()["scope"] == "read write:media"
    )
