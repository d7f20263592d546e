"""Registering an application on the page for it (wire §3)."""

from __future__ import annotations

import pytest

from oauthcore.models import Application, SecurityEvent
from tests.support.factories import REDIRECT_URI
from tests.support.oauth import post, with_person
from tests.support.pages.developer import LIST, NEW, after, problems_in, secret_in
from tests.support.pages.reading import text_of

pytestmark = pytest.mark.sqlite_only("form fields and errors; registering runs everywhere in models")

Kind = SecurityEvent.Kind


def client_credentials(application, secret):
    sent = {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": secret}
    return post("/oauth/token", sent)


def test_a_confidential_application_is_shown_its_secret_and_can_use_it(grace):
    response = grace.register(grant_types=["client_credentials"], redirect_uris="")

    application = Application.objects.get(owner=grace.user)
    assert client_credentials(application, secret_in(response)).status_code == 200
    assert application.client_id in text_of(response)


def test_the_page_with_the_secret_is_not_stored(grace):
    assert grace.register()["Cache-Control"] == "no-store"


def test_a_public_application_has_no_secret_and_is_led_to_its_page(grace):
    response = grace.register(client_type="public")

    application = Application.objects.get(owner=grace.user)
    assert application.client_secrets.count() == 0
    assert response["Location"].startswith(f"{LIST}{application.pk}/")
    assert "The application is registered" in text_of(after(response))


def test_an_application_that_was_registered_goes_the_whole_way_to_a_token(grace):
    response = grace.register(client_type="public")
    application = Application.objects.get(owner=grace.user)
    oauth = with_person()
    oauth.registered = type(oauth.registered)(application, None)

    assert response.status_code == 303
    assert "access_token" in oauth.tokens()


def test_what_is_wrong_is_said_of_every_field_at_once_and_nothing_typed_is_lost(grace):
    response = grace.register(
        name=" ", website="javascript:alert(1)", grant_types=["refresh_token"], required_scopes=["read"]
    )

    assert set(problems_in(response)) == {"name", "website", "grant_types"}
    page = response.content.decode()
    assert 'value="javascript:alert(1)"' in page
    assert REDIRECT_URI in page
    assert 'href="#id_website"' in page
    assert 'aria-invalid="true" aria-describedby="id_website_error"' in page


@pytest.mark.parametrize(
    "uris",
    [
        "https://client.example/cb#fragment",
        "https://client.example/cb#",
        "https://*.client.example/cb",
        "http://client.example/cb",
        "https://user:password@client.example/cb",
        "/cb",
        "javascript:alert(1)",
        "https://client.example/c b",
        "https://client.example/cb\x0bhttps://evil.example/cb",
        "https://client.example/" + "x" * 2000,
        "urn:ietf:wg:oauth:2.0:oob",
        "\r\n".join(f"https://client.example/{number}" for number in range(21)),
        "https://client.example/\x00",
        "https://client.example/\ufffd",
        "",
    ],
)
def test_redirect_uris_that_cannot_be_registered_are_refused_at_their_field(grace, uris):
    assert set(problems_in(grace.register(redirect_uris=uris))) == {"redirect_uris"}
    assert Application.objects.count() == 0


def test_a_redirect_uri_that_is_refused_is_named_by_its_line(grace):
    uris = "https://client.example/cb\r\n\r\nhttp://client.example/cb\r\n/cb"

    first, second = problems_in(grace.register(redirect_uris=uris))["redirect_uris"]

    assert first.startswith("Line 3: http is accepted for")
    assert second.startswith("Line 4: A redirect URI is absolute")


def test_of_several_redirect_uris_each_is_registered_once(grace):
    grace.register(
        redirect_uris=" https://client.example/b\r\nhttps://client.example/a\n\nhttps://client.example/b "
    )

    application = Application.objects.get(owner=grace.user)
    assert application.redirect_uris == ("https://client.example/b", "https://client.example/a")


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 101, "a\x00b", "a\u202eb", "a\x1bb", "a\ufffdb", "a\u2066b"]
)
def test_names_that_are_empty_too_long_or_play_tricks_are_refused(grace, name):
    assert set(problems_in(grace.register(name=name))) == {"name"}


def test_a_name_that_is_a_script_is_shown_as_text(grace):
    response = grace.register(name="<script>alert(1)</script>")

    assert b"<script>alert" not in response.content
    assert "&lt;script&gt;alert(1)" in response.content.decode()


def test_bytes_that_are_no_text_are_refused(grace):
    page = grace.get(NEW).context["page"]
    body = f"page={page}&client_type=public&grant_types=authorization_code&name=a%ff"

    response = grace.browser.post(NEW, body, content_type="application/x-www-form-urlencoded")

    assert "name" in problems_in(response)


def test_nothing_but_the_fields_of_the_form_is_read(grace):
    grace.register(
        owner=1,
        owner_id=1,
        client_id="mine",
        client_secret="mine",
        profile="oauth2.0",
        version="2.0",
        legacy_switches="optional_pkce",
        implicit="true",
        is_trusted="on",
        trusted="true",
        skip_consent="true",
        is_verified="on",
        may_introspect="on",
        is_suspended="on",
        access_tokens_expire="",
        access_token_lifetime=1,
        remove_logo="on",
        id=77,
    )

    application = Application.objects.get()
    assert (application.owner, application.profile) == (grace.user, "oauth2.1")
    assert application.client_id != "mine"
    assert application.pk != 77
    assert application.legacy_switches == frozenset()
    assert [
        application.is_trusted,
        application.is_verified,
        application.may_introspect,
        application.is_suspended,
    ] == [False] * 4
    assert application.access_tokens_expire
    assert application.access_token_lifetime is None


@pytest.mark.parametrize("grant_types", [["implicit"], ["password"], ["authorization_code", "implicit"]])
def test_grant_types_that_oauth_2_1_does_not_have_are_refused(grace, grant_types):
    assert "grant_types" in problems_in(grace.register(grant_types=grant_types))


def test_an_application_needs_a_grant_type(grace):
    assert "grant_types" in problems_in(grace.register(grant_types=None))


def test_a_public_application_cannot_have_client_credentials(grace):
    response = grace.register(client_type="public", grant_types=["authorization_code", "client_credentials"])

    assert "grant_types" in problems_in(response)


@pytest.mark.parametrize("client_type", [None, "", "trusted"])
def test_where_it_runs_is_to_be_said(grace, client_type):
    assert "client_type" in problems_in(grace.register(client_type=client_type))


def test_registering_leaves_one_event_without_the_secret(grace):
    secret = secret_in(grace.register())

    (event,) = SecurityEvent.objects.all()
    assert (event.kind, event.user_ref) == (Kind.APPLICATION_REGISTERED, str(grace.user.pk))
    assert secret not in event.reason


def test_nobody_registers_more_than_the_site_allows(settings, grace):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PER_USER": 2}
    page = grace.get(NEW).context["page"]
    grace.register()
    grace.register()

    assert grace.get(NEW).status_code == 403
    assert grace.register(page=page).status_code == 403
    assert Application.objects.filter(owner=grace.user).count() == 2
    assert "the largest number of applications allowed" in text_of(grace.get(LIST))


def test_a_deleted_application_makes_room_for_another(settings, grace):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PER_USER": 1}
    application = grace.has()
    grace.send(application, "delete", name=application.name)

    assert grace.register().status_code == 200


def test_a_public_application_is_told_at_the_box_that_it_cannot_have_client_credentials(grace):
    assert "Not for a public application, because it has no secret." in text_of(grace.get(NEW))

    response = grace.register(client_type="public", grant_types=["authorization_code", "client_credentials"])

    assert problems_in(response) == {
        "grant_types": [
            "A public application cannot have the grant type “client_credentials”, because it has no secret."
        ]
    }


def test_a_grant_type_that_needs_a_redirect_uri_is_named(grace):
    assert problems_in(grace.register(redirect_uris="")) == {
        "redirect_uris": ["The grant type “Authorization code” needs a redirect URI."]
    }


@pytest.mark.parametrize("website", ["nowhere", "ftp://press.example", "https://"])
def test_a_website_is_an_http_address(grace, website):
    assert problems_in(grace.register(website=website)) == {"website": ["Enter an https or http address."]}
