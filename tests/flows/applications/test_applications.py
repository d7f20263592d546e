"""What developers may do with their applications, whichever page asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from oauthcore.flows.applications import client_secrets
from oauthcore.flows.applications.applications import (
    change_application,
    delete_application,
    register_application,
)
from oauthcore.flows.applications.descriptions import Description
from oauthcore.models import AnsweredPage, Application, SecurityEvent
from oauthcore.models.applications import new_client_id
from oauthcore.recording.single_answer import AnsweredBefore, SingleAnswer
from tests.support.factories import REDIRECT_URI, UserFactory, register, register_public

pytestmark = pytest.mark.django_db

GOOD = Description(
    name="Photo Printer",
    website="",
    redirect_uris=(REDIRECT_URI,),
    grant_types=frozenset(["authorization_code"]),
    scopes=frozenset(["read"]),
    default_scopes=frozenset(),
    required_scopes=frozenset(),
)
BARRED = {
    "scopes": replace(GOOD, scopes=frozenset(["read", "purge"])),
    "grant_types": replace(GOOD, grant_types=frozenset(["authorization_code", "implicit"])),
    "redirect_uris": replace(GOOD, redirect_uris=("http://client.example/cb",)),
}


@pytest.fixture(autouse=True)
def _scope_that_staff_give(settings):
    scopes = {"read": "Read", "purge": {"description": "Delete everything", "level": "staff"}}
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": scopes}


@pytest.mark.parametrize("field", BARRED)
def test_no_page_can_register_what_no_developer_may_give(field):
    page = SingleAnswer(new_client_id())

    with pytest.raises(ValidationError) as refusal:
        register_application(UserFactory(), BARRED[field], client_type="public", page=page)

    assert set(refusal.value.message_dict) == {field}
    assert not Application.objects.exists()
    assert not AnsweredPage.objects.exists()


@pytest.mark.parametrize("field", BARRED)
def test_no_page_can_change_an_application_to_what_no_developer_may_give(field):
    owner = UserFactory()
    application = register(owner=owner, scopes=["read"]).application

    with pytest.raises(ValidationError) as refusal:
        change_application(application, BARRED[field], user=owner)

    assert set(refusal.value.message_dict) == {field}
    assert not SecurityEvent.objects.exists()


def test_a_page_is_answered_once():
    owner, page = UserFactory(), SingleAnswer(new_client_id())
    register_application(owner, GOOD, client_type="public", page=page)

    with pytest.raises(AnsweredBefore):
        register_application(owner, GOOD, client_type="public", page=page)


def test_deleting_what_is_deleted_is_no_event():
    owner = UserFactory()
    application = register(owner=owner, scopes=["read"]).application
    for _ in range(2):
        delete_application(application, user=owner)

    assert SecurityEvent.objects.count() == 1


def test_what_was_deleted_meanwhile_cannot_be_changed():
    owner = UserFactory()
    application = register(owner=owner, scopes=["read"]).application
    delete_application(application, user=owner)

    with pytest.raises(Application.DoesNotExist):
        change_application(application, GOOD, user=owner)


def test_a_public_application_gets_no_secret():
    owner = UserFactory()
    application = register_public(owner=owner, scopes=["read"]).application

    with pytest.raises(client_secrets.HasNoSecrets):
        client_secrets.rotate(application, overlap=timedelta(), page=SingleAnswer("once"), user=owner)
    assert application.client_secrets.count() == 0
