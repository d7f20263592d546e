"""Owners: no application lives on after the person who answers for it was deleted."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from oauthcore.models import Application, AuthorizationCode, Consent, Grant, Token
from tests.support.factories import UserFactory, bearer, register
from tests.support.oauth import OAuthClient, is_live, with_person

pytestmark = pytest.mark.django_db

DELETED = {
    "one": lambda user: user.delete(),
    "in bulk": lambda user: get_user_model().objects.filter(pk=user.pk).delete(),
    "with others": lambda user: get_user_model().objects.all().delete(),
}


@pytest.mark.parametrize("delete", DELETED.values(), ids=DELETED)
def test_an_application_whose_owner_was_deleted_is_marked_as_deleted(delete, clock):
    application = register(owner=(owner := UserFactory())).application

    delete(owner)

    application.refresh_from_db()
    assert application.owner is None
    assert application.deleted_at is not None
    assert not application.is_live


@pytest.mark.parametrize("name", ["one", "in bulk"])
def test_what_it_holds_for_others_ends_with_it(name):
    registered = register(owner=(owner := UserFactory()))
    token = bearer(user=UserFactory(), application=registered.application)
    own = OAuthClient(registered).token(grant_type="client_credentials", scope="read").json()["access_token"]

    DELETED[name](owner)

    assert not is_live(token)
    assert not is_live(own)
    assert OAuthClient(registered).token(grant_type="client_credentials").json()["error"] == "invalid_client"


def test_applications_of_others_and_of_nobody_live_on():
    owner, other = UserFactory(), UserFactory()
    applications = [register(owner=who).application for who in (other, None)]

    owner.delete()

    assert Application.objects.filter(deleted_at=None).count() == len(applications)


def test_an_application_that_was_deleted_before_keeps_its_date(clock):
    application = register(owner=(owner := UserFactory())).application
    Application.objects.update(deleted_at=application.created_at)
    clock.shift(3600)

    owner.delete()

    application.refresh_from_db()
    assert application.deleted_at == application.created_at


@pytest.mark.parametrize("name", ["one", "in bulk"])
def test_with_a_person_goes_all_that_they_granted(name):
    oauth = with_person(user=(ada := UserFactory()))
    oauth.tokens()
    bearer()

    DELETED[name](ada)

    assert Grant.objects.count() == Token.objects.count() == 1
    assert not AuthorizationCode.objects.exists()
    assert not Consent.objects.exists()
