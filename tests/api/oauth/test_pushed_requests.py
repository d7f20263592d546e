"""Applications push their authorization requests, and people bring the name of one (RFC 9126)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore.models import Application, AuthorizationCode, Grant, Profile, PushedRequest
from oauthcore.models.database import DATABASE_IS_DOWN
from tests.support.cleaning import clean_up
from tests.support.factories import UserFactory, register
from tests.support.oauth import answer, with_person
from tests.support.pages.authenticator_app import next_in, show_password
from tests.support.pushing import Pusher
from tests.support.sites.several_resources import DECLARED, MCP
from tests.support.statements import statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def pusher(clock) -> Pusher:
    plain = with_person(register())
    return Pusher(plain.registered, plain.browser)


def is_gone(page: Any) -> bool:
    return page.status_code == 400 and "no longer valid" in page.content.decode()


@pytest.mark.rfc("9126", "2.2")
def test_the_answer_names_the_request_for_ninety_seconds(pusher):
    answered = pusher.push()

    assert answered.status_code == 201
    told = answered.json()
    assert told["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")
    assert told["expires_in"] == 90
    assert answered["Cache-Control"] == "no-store"
    assert told["request_uri"] not in repr(PushedRequest.objects.values())


@pytest.mark.rfc("9126", "4")
@pytest.mark.parametrize("mode", ["query", "fragment", "form_post"])
def test_the_person_is_asked_for_what_was_pushed_and_the_code_is_redeemed(mode, pusher):
    page = pusher.bring(pusher.pushed(response_mode=mode, scope="read"), scope="api.images.read", state="x")
    assert [one["name"] for group in page.context["scope_groups"] for one in group["scopes"]] == ["read"]

    answered = pusher.allow(page)

    code = AuthorizationCode.objects.get()
    assert code.code_challenge_method == "S256"
    if mode == "query":
        told = answer(answered)
        assert told["state"] == "a state"
        assert pusher.redeem(told["code"]).status_code == 200
    else:
        assert answered.status_code == (200 if mode == "form_post" else 302)


@pytest.mark.rfc("9126", "4")
@pytest.mark.parametrize("decision", ["approve", "deny"])
def test_it_is_answered_once(decision, pusher):
    request_uri = pusher.pushed()
    first, second = pusher.bring(request_uri), pusher.bring(request_uri)
    assert second.status_code == 200, "a page may be loaded again"
    pusher.allow(first, decision)

    assert is_gone(pusher.bring(request_uri))
    assert is_gone(pusher.allow(second))
    assert Grant.objects.count() == (decision == "approve")


def test_a_silent_answer_uses_it_up_too(pusher):
    pusher.allow(pusher.bring(pusher.pushed()))
    request_uri = pusher.pushed()

    assert answer(pusher.bring(request_uri))["code"]
    assert is_gone(pusher.bring(request_uri))


@pytest.mark.rfc("9126", "4")
def test_an_answer_that_comes_second_opens_nothing(pusher, monkeypatch):
    page = pusher.bring(pusher.pushed())
    monkeypatch.setattr(PushedRequest, "is_live", lambda self, now: True)
    PushedRequest.objects.update(used_at=timezone.now())

    assert is_gone(pusher.allow(page))
    assert not Grant.objects.exists()


def test_a_refusal_that_is_sent_back_uses_it_up(pusher):
    request_uri = pusher.pushed(prompt="none")

    assert answer(pusher.bring(request_uri))["error"] == "consent_required"
    assert is_gone(pusher.bring(request_uri))


@pytest.mark.rfc("9126", "2.2")
def test_it_expires_unless_it_is_opened_in_time_and_then_the_person_has_time(pusher, clock):
    late, early = pusher.pushed(), pusher.pushed()
    page = pusher.bring(early)
    clock.shift(90)

    assert is_gone(pusher.bring(late))
    assert pusher.bring(early).status_code == 200
    clock.shift(400)
    assert answer(pusher.allow(page))["code"]


def test_it_waits_for_a_login(clock, settings):
    UserFactory(username="ada")
    pusher = Pusher(register(), Client())
    to_login = pusher.bring(pusher.pushed(login_hint="ada"))
    assert "Photo Printer" in pusher.browser.get(to_login["Location"]).content.decode()
    clock.shift(120)

    back = show_password(pusher.browser, next_url=next_in(to_login))

    assert answer(pusher.allow(pusher.browser.get(back["Location"])))["code"]


@pytest.mark.rfc("9126", "2.2")
def test_it_is_bound_to_its_application(pusher):
    stranger = Pusher(register(name="Somebody Else"), pusher.browser)
    request_uri = pusher.pushed()

    assert is_gone(stranger.bring(request_uri))
    assert is_gone(pusher.browser.get("/oauth/authorize", {"request_uri": request_uri}))
    assert pusher.bring(request_uri).status_code == 200


@pytest.mark.rfc("9126", "4")
@pytest.mark.parametrize("tail", ["", "x", "é" * 20])
def test_an_unknown_name_is_a_page(tail, pusher):
    assert is_gone(pusher.bring(f"urn:ietf:params:oauth:request_uri:{tail}"))


def test_the_address_of_a_request_object_is_refused_as_ever(pusher):
    refused = pusher.authorize(request_uri="https://elsewhere.example/request")

    assert answer(refused)["error"] == "request_uri_not_supported"


@pytest.mark.rfc("8707", "2")
def test_resources_are_pushed_with_it(pusher, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": DECLARED}
    refused = pusher.push(resource="https://elsewhere.example")
    assert refused.json()["error"] == "invalid_target"

    pusher.allow(pusher.bring(pusher.pushed(resource=[MCP])))

    assert Grant.objects.get().resources == {MCP}


@pytest.mark.rfc("9126", "5")
@pytest.mark.rfc("9126", "6")
@pytest.mark.parametrize("by", ["site", "application"])
def test_an_application_that_has_to_push_cannot_do_without(by, pusher, settings):
    if by == "site":
        settings.OAUTHCORE = {**settings.OAUTHCORE, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    else:
        Application.objects.update(requires_pushed_requests=True)

    assert answer(pusher.authorize())["error"] == "invalid_request"
    assert answer(pusher.allow(pusher.bring(pusher.pushed())))["code"]
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert told["require_pushed_authorization_requests"] == (by == "site")


def test_legacy_applications_never_have_to(clock, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True}
    legacy = with_person(register(profile=Profile.OAUTH_2_0))

    assert legacy.authorize().status_code == 200


@pytest.mark.parametrize("by", ["site", "application"])
def test_an_application_that_has_to_push_is_refused_while_pushed_requests_are_off(by, pusher, settings):
    how = {"PUSHED_AUTHORIZATION_REQUESTS": False, "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": by == "site"}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **how}
    Application.objects.update(requires_pushed_requests=by == "application")

    assert answer(pusher.authorize())["error"] == "invalid_request"


@pytest.mark.rfc("9126", "5")
def test_a_site_without_it_does_not_know_it(pusher, settings):
    request_uri = pusher.pushed()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PUSHED_AUTHORIZATION_REQUESTS": False}

    assert (pusher.push().status_code, pusher.push().json()["error"]) == (404, "not_found")
    refused = pusher.authorize(request_uri=request_uri)
    assert answer(refused)["error"] == "request_uri_not_supported"
    assert pusher.authorize().status_code == 200
    told = Client().get("/.well-known/oauth-authorization-server").json()
    assert [name for name in told if "pushed" in name] == []


def test_a_lost_database_is_a_page(pusher, monkeypatch):
    request_uri = pusher.pushed()

    def lost(*_: Any, **__: Any) -> Any:
        raise DATABASE_IS_DOWN[0]("the connection is lost")

    monkeypatch.setattr(PushedRequest, "open", lost)

    assert pusher.bring(request_uri).status_code == 503


def test_what_it_costs(pusher):
    pusher.allow(pusher.bring(pusher.pushed()))
    request_uri = pusher.pushed()
    with statements() as plain:
        assert pusher.authorize().status_code == 302
    with statements() as pushed:
        assert pusher.bring(request_uri).status_code == 302

    assert len(pushed) == len(plain) + 3, pushed


def test_cleaning_up_removes_them(pusher, clock):
    pusher.pushed()
    clock.shift(90 + 86_400 + 1)

    assert clean_up()["pushed requests"] == 1
