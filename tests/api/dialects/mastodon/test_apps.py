"""``POST /api/v1/apps``: an application registers itself (wire §4, first row)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.dialects.mastodon import CALLBACK, OUT_OF_BAND, MastodonClient, register, registered
from tests.support.oauth import is_live, post
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

TWO = ["https://client.example/callback", "https://client.example/again"]


def test_it_answers_the_members_of_the_contract():
    answer = register(scopes="read write:media", website="https://tusky.example")
    application = Application.objects.get()

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(application.pk),
        "name": "Tusky",
        "website": "https://tusky.example",
        "scopes": ["read", "write:media"],
        "redirect_uri": CALLBACK,
        "redirect_uris": [CALLBACK],
        "client_id": application.client_id,
        "client_secret": answer.json()["client_secret"],
        "client_secret_expires_at": 0,
        "vapid_key": "",
    }


def test_a_website_that_was_not_given_is_left_out_and_never_null():
    for answer in (register(), register(website="")):
        assert "website" not in answer.json()
        assert None not in answer.json().values()


def test_the_secret_it_gave_works_at_the_token_endpoint():
    answer = register().json()
    credentials = {name: answer[name] for name in ("client_id", "client_secret")}

    token = post("/oauth/token", credentials | {"grant_type": "client_credentials"})

    assert token.status_code == 200
    assert is_live(token.json()["access_token"])


def test_the_id_is_a_string_and_works_as_client_id_too():
    answer = register().json()
    sent = {"client_id": answer["id"], "client_secret": answer["client_secret"]}

    assert isinstance(answer["id"], str)
    assert post("/oauth/token", sent | {"grant_type": "client_credentials"}).status_code == 200


@pytest.mark.parametrize("content_type", [None, "application/x-www-form-urlencoded", "application/json"])
def test_a_form_json_and_multipart_are_read(content_type):
    sent: object = {"client_name": "Tusky", "redirect_uris": CALLBACK, "scopes": "read push"}
    if content_type == "application/x-www-form-urlencoded":
        sent = f"client_name=Tusky&redirect_uris={CALLBACK}&scopes=read+push"
    options = {} if content_type is None else {"content_type": content_type}

    answer = Client().post("/api/v1/apps", sent, **options)

    assert (answer.status_code, answer.json()["scopes"]) == (200, ["push", "read"])


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        (None, {"redirect_uris": "\n".join(TWO)}),
        (None, {"redirect_uris": "\n".join([*TWO, ""])}),
        (None, {"redirect_uris": "\r\n".join(TWO)}),
        (None, {"redirect_uris": "\r\n".join([*TWO, ""])}),
        (None, {"redirect_uris": f" {TWO[0]} \r\n\r\n\t{TWO[1]}"}),
        (None, {"redirect_uris": TWO}),
        (None, {"redirect_uris": None, "redirect_uris[]": TWO}),
        (None, {"redirect_uris": TWO[0], "redirect_uris[]": TWO[1]}),
        ("application/json", {"redirect_uris": TWO}),
        ("application/json", {"redirect_uris": "\n".join(TWO)}),
        ("application/json", {"redirect_uris": "\r\n".join(TWO)}),
        ("application/json", {"redirect_uris": [*TWO, TWO[0]]}),
    ],
    ids=[
        *("lines", "last line ended", "CRLF", "last CRLF", "blanks and empty lines", "repeated", "brackets"),
        *("both", "JSON array", "JSON lines", "JSON CRLF", "one twice"),
    ],
)
def test_redirect_uris_come_one_per_line_or_as_an_array(content_type, sent):
    answer = register(content_type, **sent).json()

    assert answer["redirect_uris"] == TWO
    assert answer["redirect_uri"] == "\n".join(TWO)
    assert Application.objects.get().redirect_uris == tuple(TWO)


def test_codes_may_be_shown_on_a_page_instead():
    assert register(redirect_uris=OUT_OF_BAND).json()["redirect_uris"] == [OUT_OF_BAND]


def test_without_scopes_it_is_registered_for_read():
    for answer in (register(), register(scopes="")):
        assert answer.json()["scopes"] == ["read"]


def test_applications_registered_here_are_confidential_and_legacy_without_a_refresh_grant():
    application = registered().application

    assert application.client_type == "confidential"
    assert application.profile == "oauth2.0"
    assert application.legacy_switches == {"optional_pkce"}
    assert application.grant_types == {"authorization_code", "client_credentials"}
    assert application.is_self_registered
    assert application.owner is None
    assert (application.is_trusted, application.is_verified, application.may_introspect) == (False,) * 3


def test_they_get_no_refresh_token():
    assert "refresh_token" not in MastodonClient.at_the_browser_of().tokens()


def test_what_else_is_sent_decides_nothing():
    application = registered(
        is_trusted="true", profile="oauth2.1", grant_types="implicit", owner="1", client_id="mine"
    ).application

    assert (application.is_trusted, application.profile, application.owner) == (False, "oauth2.0", None)
    assert "implicit" not in application.grant_types
    assert application.client_id != "mine"


def test_one_event_says_that_it_was_registered_and_holds_no_secret():
    one = registered()

    event = SecurityEvent.objects.get()
    assert (event.kind, event.application_ref) == ("application_registered", one.client_id)
    assert one.client_secret not in repr(vars(event))


def test_a_registration_costs_a_handful_of_statements():
    with statements() as run:
        register()

    # The limiter's count, the model's own checks, and one row each: application, secret, event.
    assert len(run) <= 10, run


def test_it_may_be_called_from_any_origin_and_is_never_stored():
    preflight = Client().options("/api/v1/apps", headers={"origin": "https://elk.example"})
    answer = register()

    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    for one in (preflight, answer):
        assert one["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in one
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")
    assert answer["Request-Id"]


def test_another_method_is_refused_with_those_that_are_allowed():
    for method in ("GET", "PUT", "DELETE"):
        answer = Client().generic(method, "/api/v1/apps")
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")
        assert answer["Allow"] == "POST, OPTIONS"


def test_a_slash_at_its_end_is_another_address_and_never_a_redirect():
    answer = Client().post("/api/v1/apps/", {"client_name": "Tusky"})

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
