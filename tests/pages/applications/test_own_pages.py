"""What the Applications pages show of an application and of what hangs on it (wire §3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from oauthcore.models import Consent, ScopeRequest, Usage
from tests.support.factories import open_grant
from tests.support.pages.developer import LIST, Developer
from tests.support.pages.reading import text_of
from tests.support.statements import statements

pytestmark = pytest.mark.sqlite_only("texts of pages; their lists are queried everywhere in flows")


def test_the_list_says_what_an_application_is_to_who_has_none(grace):
    assert "You have no applications yet An application is your program" in text_of(grace.get(LIST))


def test_the_list_says_how_each_application_stands(grace):
    grace.has(name="Alpha", is_enabled=False)
    grace.has(name="Beta", is_suspended=True)
    waiting = grace.has(name="Gamma")
    ScopeRequest.objects.create(application=waiting, scope="read")
    grace.has(name="Delta", profile="oauth2.0")

    shown = text_of(grace.get(LIST))

    assert "4 of at most 25" in shown
    assert "Alpha Turned off OAuth 2.1 Confidential" in shown
    assert "Beta Suspended by staff OAuth 2.1" in shown
    assert "Gamma Enabled Waiting for staff OAuth 2.1" in shown
    assert "Delta Enabled OAuth 2.0 (legacy)" in shown


def test_the_list_says_when_each_application_was_last_used(clock, grace, press):
    grace.browser.force_login(grace.user)
    assert "Not used yet" in text_of(grace.get(LIST))
    now = timezone.now()
    for days in (40, 3):
        at = now - timedelta(days=days)
        Usage.objects.create(grant=open_grant(application=press), day=at.date(), count=1, last_at=at)

    assert "Last used on June 12, 2030" in text_of(grace.get(LIST))


def test_the_list_costs_the_same_whatever_there_is(grace):
    def cost() -> int:
        with statements() as made:
            grace.get(LIST)
        return len(made)

    grace.has()
    for_one = cost()
    for _ in range(5):
        application = grace.has()
        Usage.objects.create(
            grant=open_grant(application=application), day=timezone.now(), count=1, last_at=timezone.now()
        )

    assert cost() == for_one


def test_the_overview_says_what_an_application_is(grace):
    application = grace.has(website="https://printer.example", scopes=["read"])

    shown = text_of(grace.see(application))

    assert application.client_id in shown
    assert f"You can also use its number, {application.pk}." in shown
    assert "https://client.example/cb" in shown
    assert "Authorization code Refresh token Client credentials" in shown
    assert "Read your profile" in shown
    assert "https://testserver/oauth/token" in shown


def test_the_overview_says_who_sees_it_and_what_staff_see(grace, press):
    shown = text_of(grace.see(press))

    assert "Who sees this page Only you. Staff see the registered data in the admin." in shown


def test_the_first_request_asks_for_default_and_required_scopes(grace):
    application = grace.has(
        scopes=["read", "api.images.read", "api.upload"],
        default_scopes=["read"],
        required_scopes=["api.upload"],
    )

    assert "&scope=api.upload%20read&" in grace.see(application).context["steps"]["authorize"]


def test_an_application_that_only_has_the_implicit_grant_is_shown_no_next_steps(grace, press):
    old = grace.has(profile="oauth2.0", grant_types=["implicit"])

    assert "Next steps" in text_of(grace.see(press))
    shown = text_of(grace.see(old))
    assert "Next steps" not in shown
    assert "https://testserver/oauth/authorize" in shown


def test_the_overview_has_the_first_requests_without_a_secret(grace, press):
    shown = text_of(grace.see(press))

    assert "https://testserver/oauth/authorize?response_type=code&amp;client_id=" in shown
    assert "code_challenge=CHALLENGE&amp;code_challenge_method=S256" in shown
    assert f"--user {press.client_id}:&quot;$CLIENT_SECRET&quot;" in shown
    assert "--data-urlencode grant_type=client_credentials" in shown


def test_a_public_application_is_shown_no_secrets_and_no_way_without_a_person(grace):
    application = grace.has(client_type="public", grant_types=["authorization_code"])

    shown = text_of(grace.see(application))

    assert "CLIENT_SECRET" not in shown
    assert f"--data-urlencode client_id={application.client_id}" in shown
    assert grace.see(application, "secrets").status_code == 404


def test_an_application_without_people_is_shown_no_authorize_page(grace):
    application = grace.has(grant_types=["client_credentials"], redirect_uris=[], may_introspect=True)

    shown = text_of(grace.see(application))

    assert "Send a person here" not in shown
    assert "https://testserver/oauth/introspect" in shown


def test_a_redirect_uri_cannot_break_out_of_the_command(grace):
    application = grace.has(redirect_uris=["https://client.example/cb?a='$(id)'&b=;c"])

    assert (
        grace.see(application)
        .context["steps"]["token"]
        .endswith("""'redirect_uri=https://client.example/cb?a='"'"'$(id)'"'"'&b=;c'""")
    )


def test_what_hangs_on_an_application_is_counted(clock, grace, press):
    grace.browser.force_login(grace.user)
    now = timezone.now()
    for days in (1, 20, 50):
        grant = open_grant(application=press)
        Consent.objects.create(application=press, user=grant.user, scopes=["read"])
        at = now - timedelta(days=days)
        Usage.objects.create(grant=grant, day=at.date(), count=1000, last_at=at)
    open_grant(application=press, revoked_at=now)
    open_grant(application=press, created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))
    Consent.objects.create(application=grace.has(), user=grace.user, scopes=["read"])

    for part in ("", "edit", "delete"):
        shown = text_of(grace.see(press, part))
        for words in (
            "3 people have approved it",
            "3 live approvals",
            "2000 calls in 30 days",
            "last used on June 14 2030",
        ):
            assert words in shown.replace(",", "")


def test_a_suspended_application_says_who_can_help(grace):
    assert "Staff have suspended this application" in text_of(grace.see(grace.has(is_suspended=True)))


def test_a_note_is_said_to_nobody_but_the_person_it_is_for(grace, press):
    address = grace.send(press, "switch", enabled="no")["Location"]
    query = address.partition("?")[2]
    somebody = Developer()

    assert "The application is turned off" in text_of(grace.get(address))
    assert "The application is turned off" not in text_of(somebody.get(f"{LIST}?{query}"))
    assert "hello" not in text_of(grace.get(f"{LIST}?note=hello"))
