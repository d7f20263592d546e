"""Who sees the Applications pages, and may do what on them (wire §3)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from oauthcore.models import Application, SecurityEvent
from tests.support.factories import register
from tests.support.pages.developer import LIST, NEW, Developer

pytestmark = pytest.mark.sqlite_only("permissions of pages; one query finds what belongs to the person")

PARTS = ["", "edit", "secrets", "delete"]
SENT = {
    "edit": {
        "name": "Mine now",
        "redirect_uris": "https://evil.example/cb",
        "grant_types": "authorization_code",
    },
    "secrets": {"overlap": "0"},
    "switch": {"enabled": "no"},
    "delete": {"name": "Photo Printer"},
}


def row_of(application: Application) -> dict[str, object]:
    return Application.objects.values().get(pk=application.pk)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("whose", ["somebody else's", "nobody's", "a deleted one"])
def test_what_is_not_ones_own_is_not_there(grace, part, whose):
    other = {
        "somebody else's": lambda: Developer().has(),
        "nobody's": lambda: register().application,
        "a deleted one": lambda: grace.has(deleted_at=timezone.now()),
    }[whose]()

    assert grace.see(other, part).status_code == 404


@pytest.mark.parametrize("part", SENT)
def test_nothing_can_be_done_to_somebody_elses(grace, part):
    theirs = Developer()
    application = theirs.has()
    page = theirs.see(application, "secrets").context["page"]
    before, secrets = row_of(application), list(application.client_secrets.values())

    response = grace.send(application, part, page=page, **SENT[part])

    assert response.status_code == 404
    assert row_of(application) == before
    assert list(application.client_secrets.values()) == secrets
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize("number", [0, 10**18, 10**30])
def test_numbers_that_no_application_has_are_not_there(grace, number):
    assert grace.get(f"{LIST}{number}/").status_code == 404


@pytest.mark.parametrize("path", [LIST, NEW, f"{LIST}1/", f"{LIST}1/edit", f"{LIST}1/secrets"])
def test_who_is_not_logged_in_is_sent_to_the_login_and_comes_back(db, path):
    response = Client().get(path)

    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={path}")


def test_a_site_can_say_who_may_register_applications(settings, grace, press):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "APPLICATIONS_PERMISSION": "oauthcore.add_application"}
    assert {grace.get(path).status_code for path in (LIST, NEW, f"{LIST}{press.pk}/")} == {403}

    grace.user.user_permissions.add(Permission.objects.get(codename="add_application"))

    assert {grace.get(path).status_code for path in (LIST, NEW, f"{LIST}{press.pk}/")} == {200}


@pytest.mark.parametrize("part", [*SENT])
def test_a_form_from_another_site_does_nothing(grace, press, part):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(grace.user)
    before = row_of(press)

    assert browser.post(f"{LIST}{press.pk}/{part}", SENT[part]).status_code == 403
    assert row_of(press) == before


def test_turning_off_is_no_matter_of_looking(grace, press):
    response = grace.see(press, "switch")

    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("path", [LIST, NEW, *(f"{LIST}{{}}/{part}" for part in PARTS)])
def test_the_pages_are_neither_stored_nor_framed_and_run_nothing_of_others(grace, press, path):
    response = grace.get(path.format(press.pk))

    assert response["Cache-Control"] == "no-store"
    assert response["X-Frame-Options"] == "DENY"
    assert "script-src 'self';" in response["Content-Security-Policy"]


def test_only_pages_whose_script_asks_the_site_may_ask_it(grace, press):
    asks = {
        path
        for path in (LIST, NEW, *(f"{LIST}{press.pk}/{part}" for part in PARTS))
        if "connect-src 'self'" in grace.get(path)["Content-Security-Policy"]
    }

    assert asks == {NEW, f"{LIST}{press.pk}/edit"}


def test_no_page_holds_a_secret_or_its_digest(grace):
    registered = register(owner=grace.user)
    (row,) = registered.application.client_secrets.all()

    for path in (LIST, *(f"{LIST}{registered.application.pk}/{part}" for part in PARTS)):
        page = grace.get(path).content
        assert registered.client_secret.encode() not in page
        assert row.digest.hex().encode() not in page
