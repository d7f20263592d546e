"""``POST /oauth/register``: an application registers itself, and is told all that is stored (RFC 7591)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application, DynamicRegistration, Profile, SecurityEvent
from tests.support.factories import UserFactory
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.registration import CALLBACK, ON_THE_DEVICE, register_itself, registered_itself
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.mark.rfc("7591", "3.2.1")
def test_the_answer_holds_everything_as_it_is_stored():
    answer = register_itself(
        client_uri="https://tool.example",
        grant_types=["authorization_code", "refresh_token"],
        scope="api.images.read read",
        software_id="4NRB1-0XZABZI9E6-5SM3R",
        software_version="2.1",
    )
    told, application = answer.json(), Application.objects.get()

    assert answer.status_code == 201
    assert told == {
        "client_id": application.client_id,
        "client_id_issued_at": int(application.created_at.timestamp()),
        "client_secret": told["client_secret"],
        "client_secret_expires_at": 0,
        "registration_access_token": told["registration_access_token"],
        "registration_client_uri": f"https://testserver/oauth/register/{application.client_id}",
        "client_name": "Tool",
        "client_uri": "https://tool.example",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "application_type": "web",
        "scope": "api.images.read read",
        "software_id": "4NRB1-0XZABZI9E6-5SM3R",
        "software_version": "2.1",
        "id_token_signed_response_alg": "RS256",
        "subject_type": "public",
    }
    assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")


@pytest.mark.rfc("7591", "2")
def test_what_is_left_out_gets_the_defaults_of_the_rfc_and_of_the_site():
    told = register_itself(client_name=None).json()

    assert told["token_endpoint_auth_method"] == "client_secret_basic"
    assert (told["grant_types"], told["response_types"]) == (["authorization_code"], ["code"])
    assert told["scope"] == "read"
    assert told["client_name"] == "Application without a name"
    assert None not in told.values()
    assert not {"client_uri", "software_id", "software_version"} & set(told)


@pytest.mark.rfc("7591", "2")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_the_authentication_method_is_kept_and_told_again(method):
    told = register_itself(token_endpoint_auth_method=method).json()

    assert told["token_endpoint_auth_method"] == method
    assert Application.objects.get().is_confidential is (method != "none")
    assert ("client_secret" in told) is ("client_secret_expires_at" in told) is (method != "none")


@pytest.mark.rfc("9449", "5.2")
@pytest.mark.parametrize("has_dpop", [True, False])
def test_an_application_may_say_that_its_tokens_are_always_bound_to_a_key(has_dpop, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"DPOP": has_dpop}

    told = register_itself(dpop_bound_access_tokens=True).json()

    assert told.get("dpop_bound_access_tokens") is (True if has_dpop else None)
    assert Application.objects.get().dpop_bound_access_tokens is has_dpop


@pytest.mark.rfc("7591", "2")
@pytest.mark.rfc("7591", "2.3")
def test_members_that_mean_nothing_here_are_passed_over_and_null_is_not_sent():
    told = register_itself(
        software_statement="e30.e30.e30",
        logo_uri="https://tool.example/logo.png",
        contacts=["a@tool.example"],
        client_uri="",
        software_id=None,
        client_id="of-mine",
        client_secret="of-mine",
        **{"client_name#ja-Jpan-JP": "道具"},
    ).json()

    assert told["client_id"] != "of-mine"
    assert not {"logo_uri", "contacts", "client_name#ja-Jpan-JP", "client_uri", "software_statement"} & set(
        told
    )


@pytest.mark.rfc("7591", "2")
def test_grant_types_that_the_site_does_not_give_to_everybody_are_left_out():
    told = register_itself(
        grant_types=["authorization_code", "refresh_token", "implicit", "urn:example:odd"],
        response_types=["code", "token"],
    ).json()

    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert told["response_types"] == ["code"]


@pytest.mark.rfc("7591", "2.1")
def test_an_application_without_people_has_no_response_type_and_needs_no_redirect_uri():
    told = register_itself(grant_types=["client_credentials"], redirect_uris=None).json()

    assert (told["response_types"], told["redirect_uris"]) == ([], [])


@pytest.mark.parametrize(
    ("redirect_uri", "sent", "stored"),
    [
        (CALLBACK, None, "web"),
        (CALLBACK, "web", "web"),
        (CALLBACK, "native", "native"),
        (ON_THE_DEVICE, None, "native"),
        (ON_THE_DEVICE, "native", "native"),
        ("http://localhost:3000/cb", None, "native"),
        ("http://[::1]/cb", "native", "native"),
        ("com.example.tool:/cb", "native", "native"),
    ],
)
def test_the_type_follows_from_the_redirect_uris_where_it_is_left_out(redirect_uri, sent, stored):
    answer = register_itself(redirect_uris=[redirect_uri], application_type=sent)

    assert (answer.status_code, answer.json()["application_type"]) == (201, stored)


@pytest.mark.rfc("7591", "5")
def test_it_is_an_unverified_application_of_oauth_2_1_without_an_owner():
    register_itself()

    application = Application.objects.get()
    assert (application.profile, application.owner) == (Profile.OAUTH_2_1, None)
    assert application.is_self_registered
    assert not application.is_verified
    assert not application.is_trusted
    assert application.access_tokens_expire


def test_it_logs_a_person_in_with_pkce_and_refreshes():
    registered = registered_itself(
        token_endpoint_auth_method="none",
        redirect_uris=["http://127.0.0.1/callback"],
        grant_types=["authorization_code", "refresh_token"],
    )
    oauth = with_person(registered, UserFactory())
    way = {"redirect_uri": "http://127.0.0.1:53682/callback"}

    issued = oauth.redeem(oauth.code(**way), **way).json()

    assert is_live(issued["access_token"])
    assert oauth.refresh(issued["refresh_token"]).status_code == 200


def test_one_for_itself_gets_a_token_with_its_secret():
    registered = registered_itself(grant_types=["client_credentials"], redirect_uris=None)

    assert OAuthClient(registered).token(grant_type="client_credentials").status_code == 200


@pytest.mark.rfc("7591", "5")
def test_each_registration_is_one_event_and_no_secret_is_stored_in_clear():
    told = register_itself().json()
    event, registration = SecurityEvent.objects.get(), DynamicRegistration.objects.get()

    assert (event.kind, event.application_ref, event.user_ref) == (
        "application_registered",
        told["client_id"],
        "",
    )
    assert registration.hint == told["registration_access_token"][-4:]
    stored = f"{vars(registration)} {vars(registration.application)} {vars(event)}"
    assert told["registration_access_token"] not in stored
    assert told["client_secret"] not in stored


def test_a_registration_costs_a_handful_of_statements():
    with statements() as run:
        register_itself()

    # Two limits, the model's own checks, and a row each: application, secret, event, registration.
    assert len(run) <= 14, run


def test_it_may_be_called_from_any_origin():
    preflight = Client().options("/oauth/register", headers={"origin": "https://tool.example"})
    manage = Client().options("/oauth/register/c1", headers={"origin": "https://tool.example"})

    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    assert manage["Access-Control-Allow-Methods"] == "GET, HEAD, PUT, DELETE, OPTIONS"
    assert register_itself()["Access-Control-Allow-Origin"] == "*"


@pytest.mark.rfc("7591", "3")
def test_another_method_is_refused_with_those_that_are_allowed():
    for method in ("GET", "PUT", "DELETE"):
        answer = Client().generic(method, "/oauth/register")
        assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
