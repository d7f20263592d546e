"""The front page: what a newcomer finds there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore.models import Application
from reference_site.demo.people import PEOPLE
from reference_site.playground import sample
from reference_site.scopes import SCOPES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("texts of a page that reads one row"),
]


@pytest.fixture
def photo_desk(settings: Settings) -> Application:
    issuer = settings.OAUTHCORE["ISSUER"]
    application, _ = Application.objects.register(
        client_id=sample.CLIENT_ID,
        name=sample.NAME,
        client_type="public",
        redirect_uris=[f"{issuer}{sample.CALLBACK_PATH}"],
        grant_types=["authorization_code", "refresh_token"],
        scopes=["read", "api.images.read", "api.images.delete"],
    )
    return application


def test_the_page_names_the_sample_application_and_where_its_answers_go(
    client: Client, photo_desk: Application
) -> None:
    page = client.get("/").content.decode()

    assert 'data-client-id="photo-desk"' in page
    assert f'data-redirect-uri="{photo_desk.redirect_uris[0]}"' in page


def test_it_offers_the_scopes_the_application_is_registered_for_and_no_other(
    client: Client, photo_desk: Application
) -> None:
    page = client.get("/").content.decode()

    offered = re.findall(r'name="scope" value="([^"]+)"', page)
    assert offered == [name for name in SCOPES if name in photo_desk.scopes]


def test_the_dangerous_boxes_are_not_ticked_beforehand(photo_desk: Application) -> None:
    chosen = {scope.name for scope in sample.offered_scopes(photo_desk) if scope.is_chosen}

    assert chosen == {"read", "api.images.read"}


@pytest.mark.parametrize("change", [None, {"is_enabled": False}])
def test_without_the_sample_application_the_page_says_which_command_makes_it(
    client: Client, photo_desk: Application, change: dict[str, Any] | None
) -> None:
    if change is None:
        photo_desk.delete()
    else:
        Application.objects.filter(pk=photo_desk.pk).update(**change)

    page = client.get("/").content.decode()

    assert "make demo" in page
    assert "/static/playground/playground.js" not in page


@pytest.mark.parametrize("path", ["/", "/try/callback"])
def test_nothing_inline_and_nothing_foreign_can_run_on_it(
    client: Client, photo_desk: Application, settings: Settings, path: str
) -> None:
    response = client.get(path)

    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    page = response.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", page)
    addresses = set(re.findall(r'(?:src|href)="([^"]*)"', page)) - {settings.OAUTHCORE["ISSUER"] + "/"}
    assert all(re.match(r"/(?!/)|#\w", address) for address in addresses)


def test_the_callback_stores_and_reflects_nothing_of_its_address(
    client: Client, photo_desk: Application
) -> None:
    response = client.get("/try/callback", {"code": "c0de-in-the-address", "state": "<script>", "iss": "x"})

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"
    assert "c0de-in-the-address" not in response.content.decode()
    assert not response.cookies.get("sessionid")


@pytest.mark.parametrize("path", ["/", "/try/callback"])
def test_the_page_is_only_ever_read(client: Client, photo_desk: Application, path: str) -> None:
    assert client.post(path).status_code == 405


def test_the_logins_of_the_demo_are_shown_only_while_debugging(
    client: Client, photo_desk: Application, settings: Settings
) -> None:
    assert "demo-logins" not in client.get("/").content.decode()

    settings.DEBUG = True

    assert "demo-logins" in client.get("/").content.decode()
    assert "demo-logins" in client.get("/login").content.decode()


def test_the_logins_say_who_is_asked_for_a_code_and_of_which_secret(
    client: Client, photo_desk: Application, settings: Settings
) -> None:
    settings.DEBUG = True
    (one,) = (person for person in PEOPLE if person.totp_secret)

    page = client.get("/").content.decode()

    assert page.count(one.totp_secret) == 1
    assert page.count("then a code") == 1


def test_logging_out_is_a_form_with_a_token(
    client: Client, photo_desk: Application, django_user_model: Any
) -> None:
    client.force_login(django_user_model.objects.create_user("ada"))

    page = client.get("/").content.decode()

    assert re.search(
        r'<form method="post" action="/logout">\s*<input type="hidden" name="csrfmiddlewaretoken"', page
    )
    assert client.get("/logout").status_code == 405


@pytest.fixture
def developer(client: Client, django_user_model: Any) -> Any:
    user = django_user_model.objects.create_user("grace")
    client.force_login(user)
    return user


def own_application(owner: Any, settings: Settings, **values: Any) -> Application:
    values = {
        "name": "Night Train",
        "owner": owner,
        "client_type": "confidential",
        "redirect_uris": [f"{settings.OAUTHCORE['ISSUER']}{sample.CALLBACK_PATH}"],
        "grant_types": ["authorization_code"],
        "scopes": ["read", "api.images.read"],
        "default_scopes": ["read"],
        **values,
    }
    return Application.objects.register(**values)[0]


def test_a_developer_takes_an_application_of_their_own_through_the_steps(
    client: Client, photo_desk: Application, settings: Settings, developer: Any
) -> None:
    application = own_application(developer, settings)

    overview = client.get(f"/oauth/applications/{application.pk}/").content.decode()
    (address,) = re.findall(r'href="(/\?application=[^"]+)"', overview)
    page = client.get(address).content.decode()

    assert f'data-client-id="{application.client_id}"' in page
    assert f'data-start-url="{address}"' in page
    assert "data-secret" in page
    assert re.findall(r'value="([^"]+)" autocomplete="off" checked', page) == ["read"]


def test_a_public_application_is_asked_for_no_secret(
    client: Client, photo_desk: Application, settings: Settings, developer: Any
) -> None:
    application = own_application(developer, settings, client_type="public")

    assert "data-secret" not in client.get("/", {"application": application.client_id}).content.decode()


def test_an_application_without_the_redirect_uri_of_the_page_is_told_to_register_it(
    client: Client, photo_desk: Application, settings: Settings, developer: Any
) -> None:
    application = own_application(developer, settings, redirect_uris=["https://client.example/cb"])

    page = client.get("/", {"application": application.client_id}).content.decode()

    assert f"<code>https://testserver{sample.CALLBACK_PATH}</code>" in page
    assert f"/oauth/applications/{application.pk}/edit" in page
    assert "data-playground" not in page


@pytest.mark.parametrize("change", [{"owner": None}, {"is_enabled": False}, {"is_suspended": True}])
def test_nobody_else_and_nothing_that_is_switched_off_can_be_played(
    client: Client, photo_desk: Application, settings: Settings, developer: Any, change: dict[str, Any]
) -> None:
    application = own_application(developer, settings)
    Application.objects.filter(pk=application.pk).update(**change)

    assert client.get("/", {"application": application.client_id}).status_code == 404


def test_somebody_who_is_logged_out_logs_in_first(client: Client, photo_desk: Application) -> None:
    response = client.get("/", {"application": "c0f1"})

    assert (response.status_code, response["Location"]) == (302, "/login?next=/%3Fapplication%3Dc0f1")
