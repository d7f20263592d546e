"""The logout page asks people, and then redirects them (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Application, SecurityEvent
from tests.support.logging_out import AFTERWARDS, PAGE, SignedIn, other_person

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("the rows of logging out are tested in tests/recording"),
]


def test_the_page_says_who_asks_who_is_logged_in_and_where_they_go(printer):
    page = printer.ask()

    assert page.status_code == 200
    for words in ("Log out of", "Photo Printer", printer.user.username, "client.example"):
        assert words in page.content.decode()
    assert printer.is_logged_in


@pytest.mark.openid("rp_logout", "2")
def test_after_logging_out_the_person_comes_back_with_the_state(printer):
    answer = printer.confirm(printer.ask())

    assert answer.status_code == 303
    assert answer["Location"] == f"{AFTERWARDS}?state=a%20state"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert not printer.is_logged_in


def test_logging_out_is_a_security_event_that_names_the_application(printer):
    printer.confirm(printer.ask())

    event = SecurityEvent.objects.get(kind="logged_out")
    assert (event.user_ref, event.application_ref) == (str(printer.user.pk), printer.registered.client_id)


@pytest.mark.openid("rp_logout", "2")
def test_a_request_alone_never_logs_anybody_out(printer):
    printer.ask(id_token_hint=printer.id_token())
    printer.browser.head(PAGE)

    assert printer.is_logged_in


def test_the_form_needs_its_csrf_token(printer):
    printer.browser.handler.enforce_csrf_checks = True

    refused = printer.confirm(printer.ask())

    assert refused.status_code == 403
    assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]
    assert printer.is_logged_in


def test_no_other_decision_logs_out(printer):
    assert printer.confirm(printer.ask(), decision="maybe").status_code == 400
    assert printer.is_logged_in


def test_the_page_may_redirect_to_other_sites_and_is_never_framed(printer):
    page = printer.ask()

    assert "form-action" not in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.openid("rp_logout", "2")
def test_without_an_address_the_person_stays_here(printer):
    answer = printer.confirm(printer.ask(post_logout_redirect_uri=None))

    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert "You are logged out" in printer.browser.get(PAGE).content.decode()


@pytest.mark.openid("rp_logout", "2")
def test_a_person_who_is_not_logged_in_is_redirected_at_once(printer):
    stranger = SignedIn.__new__(SignedIn)
    stranger.registered, stranger.browser = printer.registered, Client()

    assert stranger.ask()["Location"] == f"{AFTERWARDS}?state=a%20state"
    assert "You are logged out" in stranger.ask(post_logout_redirect_uri=None).content.decode()


@pytest.mark.openid("rp_logout", "3")
@pytest.mark.parametrize(
    ("known", "status"), [({}, 200), ({"is_verified": True}, 303), ({"is_trusted": True}, 303)]
)
def test_an_application_that_registered_itself_gets_a_link_unless_staff_know_it(printer, known, status):
    Application.objects.update(is_self_registered=True, **known)
    stranger = SignedIn.__new__(SignedIn)
    stranger.registered, stranger.browser = printer.registered, Client()

    page = stranger.ask(id_token_hint=printer.id_token())
    assert page.status_code == status
    if status == 200:
        assert "Location" not in page
        assert f'href="{AFTERWARDS}?state=a%20state"' in page.content.decode()
        assert "Go on to <bdi>client.example</bdi>" in page.content.decode()
    assert printer.confirm(printer.ask())["Location"] == f"{AFTERWARDS}?state=a%20state"


def test_people_can_open_the_page_themselves(printer):
    page = printer.browser.get(PAGE)

    assert page.status_code == 200
    assert "sent you here" not in page.content.decode()
    assert printer.confirm(page)["Location"] == PAGE
    assert not printer.is_logged_in


@pytest.mark.openid("rp_logout", "2")
def test_an_application_may_post_its_request(printer):
    """The browser sends no session cookie with the POST of another site, so it is redirected to GET."""
    token = printer.id_token()
    sent = Client().post(
        PAGE, {"id_token_hint": token, "post_logout_redirect_uri": AFTERWARDS, "state": "a state"}
    )

    assert sent.status_code == 303
    assert sent["Location"].startswith(f"{PAGE}?asked=")
    assert token not in sent["Location"]
    page = printer.browser.get(sent["Location"])
    assert "Photo Printer" in page.content.decode()
    assert printer.confirm(page)["Location"] == f"{AFTERWARDS}?state=a%20state"


def test_the_page_is_in_a_language_that_the_application_asks_for(printer, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    assert printer.ask(ui_locales="xx de en").headers["Content-Language"] == "de"
    assert printer.ask(lang="de").headers["Content-Language"] == "de"


def test_an_app_on_the_device_is_named_by_its_scheme(db, settings, printer):
    app = SignedIn(
        printer.user,
        browser=printer.browser,
        client_type="public",
        grant_types=["authorization_code"],
        post_logout_redirect_uris=["com.example.app:/out"],
    )
    page = app.ask(post_logout_redirect_uri="com.example.app:/out")

    assert "com.example.app:" in page.content.decode()
    assert app.confirm(page)["Location"] == "com.example.app:/out?state=a%20state"


def test_the_address_may_have_a_query_of_its_own(printer):
    target = f"{AFTERWARDS}?from=here"
    printer.registered.application.post_logout_redirect_uris = [target]
    printer.registered.application.save()

    answer = printer.confirm(printer.ask(post_logout_redirect_uri=target, state=None))
    assert answer["Location"] == target
    assert printer.ask(post_logout_redirect_uri=target)["Location"] == f"{target}&state=a%20state"


def test_there_is_no_page_while_openid_connect_is_off(printer, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "OPENID_CONNECT": False}

    assert printer.browser.get(PAGE).status_code == 404


def test_a_form_of_another_person_logs_out_the_present_person(printer):
    page = printer.ask()
    printer.browser.force_login(other_person())

    assert printer.confirm(page)["Location"].startswith(AFTERWARDS)
    assert not printer.is_logged_in
