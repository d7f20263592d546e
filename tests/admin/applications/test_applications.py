"""Applications in the admin: who may see them, how they are found, and what no page shows."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from oauthcore import conf
from oauthcore.models import Application, ClientSecret, Profile
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.admin.changing import APPLICATIONS as LIST
from tests.support.admin.changing import address, events
from tests.support.factories import UserFactory, register
from tests.support.pages.reading import text_of
from tests.support.secrets import parse, random_of

pytestmark = pytest.mark.django_db

BOTH = ("view_application", "change_application")


def test_the_list_shows_what_staff_look_for(editor, application):
    words = text_of(editor.get(LIST))

    for word in ("Photo Printer", "grace", "Confidential", "OAuth 2.1"):
        assert word in words


@pytest.mark.parametrize("query", ["Photo Pri", "grace", "client_id"])
def test_an_application_is_found_by_name_owner_and_client_id(editor, application, query):
    register(name="Somebody Else")
    query = application.client_id if query == "client_id" else query

    found = editor.get(LIST, {"q": query}).context["cl"].queryset

    assert list(found) == [application]


@pytest.mark.parametrize(
    "chosen",
    [
        {"is_verified__exact": "1"},
        {"is_trusted__exact": "1"},
        {"is_suspended__exact": "1"},
        {"is_enabled__exact": "0"},
        {"client_type__exact": "public"},
        {"profile__exact": "oauth2.0"},
        {"is_self_registered__exact": "1"},
        {"deleted": "yes"},
    ],
)
def test_the_list_can_be_narrowed(editor, application, chosen):
    odd = register(
        name="Odd One", client_type="public", grant_types=["authorization_code"], profile=Profile.OAUTH_2_0
    ).application
    is_deleted = "deleted" in chosen
    Application.objects.filter(pk=odd.pk).update(
        is_verified=True,
        is_trusted=True,
        is_suspended=True,
        is_enabled=False,
        is_self_registered=True,
        deleted_at=timezone.now() if is_deleted else None,
    )

    assert [one.name for one in editor.get(LIST, chosen).context["cl"].queryset] == ["Odd One"]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["Photo Printer"]),
        ({"deleted": "yes"}, ["Gone"]),
        ({"deleted": "all"}, ["Gone", "Photo Printer"]),
        ({"deleted": "nonsense"}, ["Photo Printer"]),
    ],
)
def test_the_list_begins_without_deleted_applications(editor, application, chosen, names):
    register(name="Gone", deleted_at=timezone.now())

    page = editor.get(LIST, chosen)

    assert [one.name for one in page.context["cl"].queryset] == names
    assert "By deleted No Yes All" in text_of(page)


def test_no_page_holds_a_secret_or_a_digest(staff, registered, legacy):
    application = registered.application
    second = application.rotate_secret()
    imported = ClientSecret.objects.create(application=legacy, encoded="pbkdf2_sha256$1$salt$imported")
    secrets = [registered.client_secret or "", second]
    hidden = [
        *secrets,
        *(random_of(parse(text)) for text in secrets),
        *(digest_of(text).hex() for text in secrets),
    ]
    hidden += [one.digest.hex() for one in application.client_secrets.all()]

    for browser in (staff("view_application"), staff(*BOTH)):
        for path in (
            LIST,
            f"{LIST}?q=Printer",
            address(application),
            address(legacy),
            f"{LIST}{application.pk}/history/",
        ):
            page = browser.get(path)
            shown = page.content.decode()
            assert page.status_code == 200
            assert [text for text in [*hidden, str(imported.encoded)] if text in shown] == [], path


def test_nothing_is_added_or_deleted_here(staff, application):
    browser = staff(*BOTH, "add_application", "delete_application")

    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(f"{LIST}add/", {"name": "New"}).status_code == 403
    assert browser.post(f"{LIST}{application.pk}/delete/", {"post": "yes"}).status_code == 403
    browser.post(LIST, {"action": "delete_selected", "_selected_action": application.pk, "post": "yes"})
    assert Application.objects.count() == 1


def test_the_page_of_a_deleted_application_says_so_at_its_top(editor, application):
    def titles() -> list[str]:
        return [str(part.name or "") for part in editor.get(address(application)).context["adminform"]]

    assert "Deleted" not in titles()
    Application.objects.update(deleted_at=timezone.now())
    assert titles()[0] == "Deleted"


def test_a_deleted_application_is_shown_and_stays_as_it_was(editor, application):
    Application.objects.update(deleted_at=timezone.now())

    assert "Photo Printer" in text_of(editor.get(address(application)))
    assert editor.post(address(application), {"is_trusted": "on"}).status_code == 403


def test_who_may_only_view_reads_everything_in_words_and_changes_nothing(staff, application, legacy):
    browser = staff("view_application")

    words = text_of(browser.get(address(application)))
    assert f"{conf.settings().vocabulary.description_of('read')} read" in words
    assert "Authorization code" in words
    assert "https://client.example/cb" in words
    assert "PKCE is optional" in text_of(browser.get(address(legacy)))
    assert "frozenset" not in words
    for path in (address(application), LIST):
        page = browser.get(path).content.decode()
        assert not re.search(r'<(input|button)[^>]*type="submit"[^>]*name="_', page)
        assert (
            browser.post(path, {"is_trusted": "on", "action": "x", "_selected_action": "1"}).status_code
            == 403
        )
    assert not Application.objects.filter(is_trusted=True).exists()
    assert events() == []


@pytest.mark.parametrize("codenames", [[], ["view_scoperequest", "change_scoperequest"]])
def test_staff_without_the_permission_see_nothing(staff, application, codenames):
    browser = staff(*codenames)

    for path in (LIST, address(application), f"{LIST}{application.pk}/history/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"is_trusted": "on"}).status_code in (403, 405)
    assert not Application.objects.get().is_trusted


@pytest.mark.parametrize("method", ["get", "post"])
def test_whoever_is_no_staff_is_sent_away_whatever_their_permissions(staff, application, method):
    browser = staff(*BOTH, is_staff=False)

    for path in (LIST, address(application)):
        answer = getattr(browser, method)(path, {"is_trusted": "on"})
        assert answer.status_code == 302
        assert browser.get(answer["Location"]).status_code == 403
    assert not Application.objects.get().is_trusted


def test_another_site_cannot_save(staff, application):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(staff(*BOTH).user)

    assert browser.post(address(application), {"is_trusted": "on"}).status_code == 403


def test_the_list_costs_a_constant_number_of_statements(editor, django_assert_max_num_queries):
    for number in range(10):
        register(name=f"Printer {number}", owner=UserFactory())

    with django_assert_max_num_queries(8):
        assert editor.get(LIST).status_code == 200
