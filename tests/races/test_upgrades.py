"""Upgrading an application several times at once: it happens once, and so does its event."""

from __future__ import annotations

from functools import partial

from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.factories import UserFactory, register


def test_of_many_upgrades_at_once_one_is_made_and_recorded(crowd):
    for _ in range(5):
        owner = UserFactory()
        application = register(owner=owner, profile="oauth2.0").application
        browsers = [Client() for _ in range(crowd.size)]
        for browser in browsers:
            browser.force_login(owner)
        path = f"/oauth/applications/{application.pk}/upgrade"

        answers = crowd.at_once([partial(browser.post, path) for browser in browsers])

        assert {one.status_code for one in answers} == {303}
        assert Application.objects.get(pk=application.pk).profile == "oauth2.1"
        recorded = SecurityEvent.objects.filter(application_ref=application.client_id)
        assert [one.kind for one in recorded] == [SecurityEvent.Kind.APPLICATION_UPGRADED]


def test_an_upgrade_and_a_change_of_the_settings_at_once_both_stand_or_one_is_refused(crowd_of):
    crowd = crowd_of(2)
    for _ in range(10):
        owner = UserFactory()
        application = register(
            owner=owner, profile="oauth2.0", grant_types=["authorization_code", "implicit"]
        ).application
        browsers = [Client() for _ in range(2)]
        for browser in browsers:
            browser.force_login(owner)
        path = f"/oauth/applications/{application.pk}"
        fields = {
            "name": "Another Name",
            "redirect_uris": "https://client.example/new",
            "grant_types": ["authorization_code"],
            "scopes": ["read"],
        }

        upgraded, changed = crowd.at_once(
            [
                partial(browsers[0].post, f"{path}/upgrade"),
                partial(browsers[1].post, f"{path}/edit", fields),
            ]
        )

        application.refresh_from_db()
        assert changed.status_code == 303
        assert application.redirect_uris == ("https://client.example/new",)
        assert application.profile == ("oauth2.1" if upgraded.status_code == 303 else "oauth2.0")
        if not application.is_legacy:
            application.full_clean()
