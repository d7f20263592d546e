"""The thinnest thread through the whole house: register, authorize, token, API, revoke."""

from __future__ import annotations

import pytest

from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient, is_live, me

pytestmark = pytest.mark.django_db


def test_a_token_that_a_person_approved_opens_the_api_until_it_is_revoked(client):
    ada = UserFactory(username="ada")
    client.force_login(ada)
    application = OAuthClient(register(), client)

    tokens = application.tokens()

    assert me(tokens["access_token"]).json()["user"] == {"id": ada.pk, "username": "ada"}
    assert application.revoke(tokens["access_token"]).status_code == 200
    assert not is_live(tokens["access_token"])
    assert application.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
