"""Changing an application, turning it off, deleting it."""

from __future__ import annotations

import time

import pytest

from oauthcore.models import Application, SecurityEvent
from tests.support.factories import REDIRECT_URI, Registered, bearer
from tests.support.oauth import is_live, with_person
from tests.support.pages.developer import LIST, Developer, after, problems_in
from tests.support.pages.reading import text_of

Kind = SecurityEvent.Kind


def now(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def test_what_a_developer_says_of_an_application_can_be_changed(grace, press):
    response = grace.change(
        press,
        name="Picture Press",
        website="https://press.example",
        redirect_uris="https://press.example/cb\r\nhttp://127.0.0.1/cb",
        grant_types=["authorization_code"],
        scopes=["read", "api.upload"],
        default_scopes=["read"],
        required_scopes=["api.upload"],
    )

    changed = now(press)
    assert "Your changes are saved." in text_of(after(response))
    assert (changed.name, changed.website) == ("Picture Press", "https://press.example")
    assert changed.redirect_uris == ("https://press.example/cb", "http://127.0.0.1/cb")
    assert changed.grant_types == {"authorization_code"}
    assert (changed.scopes, changed.default_scopes, changed.required_scopes) == (
        {"read", "api.upload"},
        {"read"},
        {"api.upload"},
    )


def test_a_change_leaves_one_event_that_says_what_was_changed(grace, press):
    grace.change(press, name="Picture Press", grant_types=["authorization_code"])

    (event,) = SecurityEvent.objects.all()
    assert (event.kind, event.reason) == (Kind.APPLICATION_CHANGED, "name, grant_types")
    assert (event.user_ref, event.application_ref) == (str(grace.user.pk), press.client_id)


def test_settings_that_are_saved_as_they_are_change_nothing(grace, press):
    before = Application.objects.values().get(pk=press.pk)

    assert grace.change(press).status_code == 303
    assert Application.objects.values().get(pk=press.pk) == before
    assert not SecurityEvent.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Photo Bank"},
        {"website": "https://bank.example"},
        {"redirect_uris": f"{REDIRECT_URI}\r\nhttps://bank.example/cb"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_staff_verified_counts_only_as_long_as_it_stays(grace, change):
    application = grace.has(is_verified=True, is_trusted=True)
    assert "it is no longer verified" in text_of(grace.see(application, "edit"))

    grace.change(application, **change)

    assert not now(application).is_verified
    assert not now(application).is_trusted


def test_other_changes_leave_what_staff_verified(grace):
    application = grace.has(is_verified=True, is_trusted=True)

    grace.change(application, scopes=["read"], grant_types=["authorization_code"])

    assert now(application).is_verified
    assert now(application).is_trusted


def test_a_trusted_application_that_takes_more_scopes_has_people_asked_again(grace):
    application = grace.has(scopes=["read:accounts"], is_verified=True, is_trusted=True)

    grace.change(application, scopes=["read:accounts", "write:media"])

    assert now(application).is_verified
    assert not now(application).is_trusted
    assert with_person(Registered(application, None)).authorize(scope="write:media").status_code == 200


def test_one_that_takes_what_its_scopes_included_before_stays_trusted(grace):
    application = grace.has(scopes=["read"], is_trusted=True)

    grace.change(application, scopes=["read:accounts"])

    assert now(application).is_trusted


def test_nothing_but_the_fields_of_the_form_is_read(grace, press):
    other = Developer()
    before = Application.objects.values().get(pk=press.pk)

    grace.change(
        press,
        owner=other.user.pk,
        client_id="mine",
        client_type="public",
        profile="oauth2.0",
        legacy_switches="optional_pkce",
        is_trusted="on",
        is_verified="on",
        may_introspect="on",
        is_enabled="",
        is_suspended="on",
        access_tokens_expire="",
        number=other.user.pk,
    )

    assert Application.objects.values().get(pk=press.pk) == before


def test_nobody_gets_out_of_a_suspension_by_the_settings(grace):
    application = grace.has(is_suspended=True)

    grace.change(application, is_suspended="", name="Renamed")
    grace.send(application, "switch", enabled="yes")

    assert now(application).is_suspended


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_saved(grace, press):
    response = grace.change(press, name="Renamed", redirect_uris="http://bank.example/cb")

    assert set(problems_in(response)) == {"redirect_uris"}
    assert 'value="Renamed"' in response.content.decode()
    assert now(press).name == press.name


def test_a_public_application_cannot_take_up_client_credentials(grace):
    application = grace.has(client_type="public", grant_types=["authorization_code"])

    response = grace.change(application, grant_types=["authorization_code", "client_credentials"])

    assert "grant_types" in problems_in(response)


def test_a_legacy_application_keeps_its_profile_its_switches_and_the_implicit_grant(grace):
    application = grace.has(
        profile="oauth2.0",
        grant_types=["authorization_code", "implicit"],
        redirect_uris=["https://client.example/cb", "urn:ietf:wg:oauth:2.0:oob"],
    )

    response = grace.change(application, name="Renamed", grant_types=["authorization_code"])

    changed = now(application)
    assert response.status_code == 303
    assert changed.grant_types == {"authorization_code", "implicit"}
    assert (changed.profile, changed.legacy_switches) == ("oauth2.0", {"optional_pkce"})
    assert changed.name == "Renamed"


@pytest.mark.parametrize("grant_types", [["implicit"], []])
def test_an_application_without_a_grant_type_of_today_can_be_renamed(grace, grant_types):
    profile = "oauth2.0" if grant_types else "oauth2.1"
    application = grace.has(profile=profile, grant_types=grant_types)

    assert grace.change(application, name="Renamed", grant_types=[]).status_code == 303
    assert now(application).grant_types == set(grant_types)


def test_an_application_that_is_turned_off_has_no_access_until_it_is_turned_on(grace, press):
    token = bearer(application=press)

    assert "It does not work" in text_of(after(grace.send(press, "switch", enabled="no")))
    assert not is_live(token)

    assert "turned on again" in text_of(after(grace.send(press, "switch", enabled="yes")))
    assert is_live(token)
    reasons = SecurityEvent.objects.filter(kind=Kind.APPLICATION_CHANGED).values_list("reason", flat=True)
    assert list(reasons) == ["disabled", "enabled"]


def test_turning_off_what_is_off_is_no_event(grace):
    application = grace.has(is_enabled=False)

    grace.send(application, "switch", enabled="no")

    assert not SecurityEvent.objects.exists()


def test_deleting_ends_everything_at_once(grace, press):
    token = bearer(application=press)

    response = grace.send(press, "delete", name=press.name)

    assert f"“{press.name}” is deleted" in text_of(after(response))
    assert response["Location"].startswith(LIST)
    assert not is_live(token)
    assert SecurityEvent.objects.get(kind=Kind.APPLICATION_DELETED).application_ref == press.client_id


@pytest.mark.parametrize("typed", ["", "photo printer", "Photo Printer 2", "\x00"])
def test_nothing_is_deleted_before_its_name_is_typed(grace, press, typed):
    response = grace.send(press, "delete", name=typed)

    assert response.status_code == 400
    assert b"The name is not the same" in response.content
    assert now(press).deleted_at is None


def test_what_is_far_too_long_for_a_name_costs_no_time(grace, press):
    # As many accents as fit into the form: bringing them into their order takes seconds.
    started = time.process_time()

    response = grace.send(press, "delete", name="a" + "\u0300\u0316" * 15_900)

    assert response.status_code == 400
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize(
    ("name", "typed"), [("Caf\u00e9  Press", "Cafe\u0301 Press"), ("صور البحر", " صور البحر ")]
)
def test_a_name_is_typed_as_it_looks(grace, name, typed):
    application = grace.has(name=name)

    grace.send(application, "delete", name=typed)

    assert now(application).deleted_at is not None


def test_the_way_to_scopes_staff_have_to_give_leads_to_their_page(grace, levels):
    application = grace.has(scopes=["read"])

    assert f'href="{LIST}{application.pk}/scopes"' in grace.see(application, "edit").content.decode()


def test_the_implicit_grant_of_a_legacy_application_is_shown_and_cannot_be_unticked(grace, press):
    old = grace.has(profile="oauth2.0", grant_types=["authorization_code", "implicit"])

    page = grace.see(old, "edit")
    assert "Implicit (legacy) The application keeps this until it is upgraded." in text_of(page)
    assert page.content.decode().count('<input type="checkbox" checked disabled>') == 1
    assert "Implicit" not in text_of(grace.see(press, "edit"))
    grace.change(old, name="Old Press", grant_types=["authorization_code"])
    assert now(old).grant_types == {"authorization_code", "implicit"}
