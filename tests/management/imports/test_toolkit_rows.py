"""Which rows of django-oauth-toolkit are taken, and which are left or damaged, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from oauthcore.flows.imports import django_oauth_toolkit as source
from oauthcore.flows.imports import run as import_run
from oauthcore.flows.imports import toolkit_applications, toolkit_tables
from oauthcore.flows.imports.source import Options
from oauthcore.flows.imports.tally import Tally
from oauthcore.models import Import, Token
from oauthcore.rules.imports.django_oauth_toolkit import Site, read_application
from oauthcore.rules.imports.sources import DJANGO_OAUTH_TOOLKIT
from oauthcore.rules.imports.values import Damaged
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support import toolkit
from tests.support.factories import UserFactory
from tests.support.oauth import is_live, post
from tests.support.toolkit import at_the_aliases, run

pytestmark = [
    pytest.mark.sqlite_only("test_on_every_database.py and test_django_oauth_toolkit.py ask the others"),
    pytest.mark.django_db,
    pytest.mark.usefixtures("accepted"),
    pytest.mark.urls("tests.support.sites.moving"),
]


def test_what_has_expired_or_belongs_to_no_application_is_left():
    from oauth2_provider.models import AccessToken, RefreshToken

    application = toolkit.register()
    for _ in range(3):
        toolkit.approve(application, UserFactory())
    first, second, third = AccessToken.objects.order_by("pk")
    AccessToken.objects.filter(pk=first.pk).update(expires=first.created)
    AccessToken.objects.filter(pk=second.pk).update(application=None)
    RefreshToken.objects.filter(access_token=third).update(access_token=None)

    stages = run()["stages"]

    assert stages["access tokens"]["left"] == {
        "it has expired": 1,
        "it belongs to no application": 1,
    }
    assert stages["refresh tokens"]["left"] == {source.ORPHAN: 1}
    # The expired access token still has its refresh token.
    assert (stages["refresh tokens"]["taken"], stages["access tokens"]["taken"]) == (2, 1)


def test_refresh_tokens_end_as_the_site_had_set_it_for_the_package(settings, clock):
    from oauth2_provider.models import AccessToken

    application = toolkit.register()
    first, second = (toolkit.approve(application, UserFactory()) for _ in range(2))
    now = timezone.now()
    AccessToken.objects.filter(refresh_token__token=first["refresh_token"]).update(
        expires=now - timedelta(hours=2)
    )
    settings.OAUTH2_PROVIDER = {**toolkit.SETTINGS, "REFRESH_TOKEN_EXPIRE_SECONDS": timedelta(hours=1)}

    report = run()

    assert report["stages"]["refresh tokens"]["left"] == {"it has expired": 1}
    access_ends = now + timedelta(seconds=second["expires_in"])
    assert Import.objects.get().last_ends_at == access_ends + timedelta(hours=1)


def test_tokens_of_an_application_that_cannot_be_taken_are_left():
    application = toolkit.register(client_id="printer:1")
    toolkit.approve(application, UserFactory())

    stages = run()["stages"]

    assert list(stages["applications"]["left"].values()) == [1]
    assert stages["refresh tokens"]["left"] == {"its application is not taken": 1}
    assert stages["access tokens"]["left"] == {"its application is not taken": 1}


def test_the_package_may_be_uninstalled_before_its_tables_are_read(settings):
    application = toolkit.register()
    issued = toolkit.approve(application, UserFactory())
    settings.INSTALLED_APPS = [one for one in settings.INSTALLED_APPS if one != "oauth2_provider"]

    run()

    assert is_live(issued["access_token"])
    assert at_the_aliases(application).refresh(issued["refresh_token"]).status_code == 200


@toolkit.needs_release_3
def test_a_token_for_a_resource_is_taken_where_the_site_has_that_resource(settings):
    from oauth2_provider.models import AccessToken, RefreshToken

    application = toolkit.register()
    here, elsewhere = (toolkit.approve(application, UserFactory()) for _ in range(2))
    known = next(iter(settings.OAUTHCORE["RESOURCES"]), "https://testserver")
    for text, resource in (
        (here["access_token"], known),
        (elsewhere["access_token"], "https://no.example"),
    ):
        token = AccessToken.objects.get(token=text)
        AccessToken.objects.filter(pk=token.pk).update(resource=[resource])
        RefreshToken.objects.filter(access_token=token).update(resource=[resource])

    stages = run()["stages"]

    assert stages["access tokens"]["left"] == {"the site does not declare the resources that it is for": 1}
    assert stages["refresh tokens"]["left"] == stages["access tokens"]["left"]
    assert Token.objects.get(kind="access").resource == known


@toolkit.needs_release_3
def test_tokens_that_are_stored_as_a_checksum_alone_are_taken(settings):
    settings.OAUTH2_PROVIDER = {**toolkit.SETTINGS, "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True}
    application = toolkit.register()
    issued = toolkit.approve(application, UserFactory())

    run()

    assert is_live(issued["access_token"])
    assert at_the_aliases(application).refresh(issued["refresh_token"]).status_code == 200


def test_columns_that_came_later_than_release_2_0_may_be_missing(monkeypatch):
    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    second = toolkit.token(application, grant_type="refresh_token", refresh_token=first["refresh_token"])
    find = toolkit_tables.find_table
    later = {*toolkit_tables.LATER, *toolkit_applications.LATER}

    def as_in_release_2_0(*names: Any, **more: Any) -> Any:
        table = find(*names, **more)
        return replace(table, columns=table.columns - later)

    monkeypatch.setattr(toolkit_tables, "find_table", as_in_release_2_0)
    report = run()

    assert report["stages"]["used refresh tokens"]["taken"] == 1
    assert is_live(second["access_token"])
    assert at_the_aliases(application).refresh(second["refresh_token"]).status_code == 200


def test_of_a_chain_without_a_family_the_last_used_refresh_token_ends_the_grant_when_it_comes_back():
    from oauth2_provider.models import RefreshToken

    application = toolkit.register()
    issued = [toolkit.approve(application, UserFactory())["refresh_token"]]
    for _ in range(2):
        told = toolkit.token(application, grant_type="refresh_token", refresh_token=issued[-1])
        issued.append(told["refresh_token"])
    if toolkit.RELEASE > 2:  # as it leaves those that release 2 has issued
        RefreshToken.objects.update(token_family=None)

    used = run()["stages"]["used refresh tokens"]

    assert (used["taken"], used["left"]) == (1, {"its grant was not taken": 1})
    assert at_the_aliases(application).refresh(issued[0]).status_code == 400
    assert is_live(told["access_token"])
    assert at_the_aliases(application).refresh(issued[1]).status_code == 400
    assert not is_live(told["access_token"])


def test_a_damaged_used_refresh_token_stops_the_import():
    from oauth2_provider.models import RefreshToken

    application = toolkit.register()
    first = toolkit.approve(application, UserFactory())
    toolkit.token(application, grant_type="refresh_token", refresh_token=first["refresh_token"])
    damage = {"token_checksum": "none"} if toolkit.RELEASE > 2 else {"token": ""}
    RefreshToken.objects.filter(revoked__isnull=False).update(**damage)

    with pytest.raises(CommandError, match=r"row \d+ of oauth2_provider_refreshtoken: it"):
        run()


@toolkit.needs_plain_secrets
def test_a_confidential_application_without_a_secret_is_noted():
    application = toolkit.register(client_secret="", hash_client_secret=False)

    notes = run()["stages"]["applications"]["notes"]

    assert notes == {f"{application.client_id}: {toolkit_applications.NO_SECRET}": 1}


def test_an_empty_secret_that_the_package_has_hashed_does_not_authenticate():
    application = toolkit.register(authorization_grant_type="client-credentials", client_secret="")
    asked = {"client_id": application.client_id, "grant_type": "client_credentials"}
    assert post("/before/token/", asked | {"client_secret": ""}).status_code == 200
    run()

    for sent in ({"client_secret": ""}, {}):
        assert post("/o/token/", asked | sent).status_code == 401


def test_an_owner_who_was_deleted_between_the_two_passes_stops_the_import():
    read = read_application(
        {
            "client_id": "printer",
            "user_id": -1,
            "redirect_uris": "",
            "client_type": "public",
            "authorization_grant_type": "password",
            "name": "",
            "skip_authorization": False,
            "created": timezone.now(),
        },
        Site(),
    )

    with pytest.raises(Damaged, match="row 1: there is no person -1"):
        toolkit_applications.write([toolkit_applications.Entry("row 1", read, HiddenText(""))], Tally())


def test_an_import_from_code_shows_no_progress():
    toolkit.register()
    now = timezone.now()

    report = import_run.run(DJANGO_OAUTH_TOOLKIT, Options(now=now, first_run_at=now, began_at=now))

    assert report.stages["applications"].taken == 1
