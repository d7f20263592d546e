"""Which scopes a developer may give an application, and how each is marked."""

from __future__ import annotations

import re

import pytest
from django.db import connection

from oauthcore.models import Application
from tests.support.pages.developer import NEW, problems_in
from tests.support.pages.reading import text_of
from tests.support.statements import plain


def scopes_of(grace):
    application = Application.objects.get(owner=grace.user)
    return application.scopes, application.default_scopes, application.required_scopes


def test_each_scope_has_three_marks(grace):
    grace.register(
        scopes=["read", "api.images.read"], default_scopes=["read"], required_scopes=["api.images.read"]
    )

    assert scopes_of(grace) == ({"read", "api.images.read"}, {"read"}, {"api.images.read"})


def test_the_marks_of_a_scope_it_may_not_ask_for_do_not_count(grace):
    grace.register(scopes=["read"], default_scopes=["read", "api.upload"], required_scopes=["api.upload"])

    assert scopes_of(grace) == ({"read"}, {"read"}, frozenset())


def test_an_application_may_do_without_scopes(grace):
    grace.register(scopes=None)

    assert scopes_of(grace) == (frozenset(), frozenset(), frozenset())


def test_what_the_site_gives_by_default_is_ticked_at_first(grace):
    assert grace.get(NEW).context["form"]["scopes"].value() == ["read"]


@pytest.mark.usefixtures("levels")
@pytest.mark.parametrize("scope", ["write", "write:media", "purge", "sync", "unknown"])
def test_a_new_application_gets_only_scopes_that_are_open(grace, scope):
    response = grace.register(scopes=["read", scope])

    assert "scopes" in problems_in(response)
    assert Application.objects.count() == 0


@pytest.mark.usefixtures("levels")
def test_scopes_that_staff_give_are_named_and_not_offered(grace):
    page = grace.get(NEW)

    assert "Scopes that staff have to give" in text_of(page)
    assert [one["name"] for one in page.context["scope_choice"]["barred"]] == [
        "write",
        "write:media",
        "purge",
        "sync",
    ]


@pytest.mark.usefixtures("levels")
def test_an_application_keeps_what_staff_gave_it_and_may_narrow_that(grace):
    application = grace.has(scopes=["read", "write"])

    grace.change(application, name="Renamed")
    application.refresh_from_db()
    assert application.scopes == {"read", "write"}

    grace.change(application, scopes=["read", "write:media"])
    application.refresh_from_db()
    assert application.scopes == {"read", "write:media"}

    assert "scopes" in problems_in(grace.change(application, scopes=["read", "write"]))


@pytest.mark.usefixtures("levels")
def test_a_scope_that_staff_take_away_while_the_form_is_open_is_not_kept(grace):
    application = grace.has(scopes=["read", "write"])
    seen = []

    def take_it_away(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "oauthcore_application." in plain(sql) and not seen:
            seen.append(sql)
            Application.objects.update(scopes=["read"])
        return result

    with connection.execute_wrapper(take_it_away):
        response = grace.change(application, name="Renamed")

    assert "Staff have to approve write first." in problems_in(response)["scopes"]
    application.refresh_from_db()
    assert (application.name, application.scopes) == ("Photo Printer", {"read"})


@pytest.mark.usefixtures("levels")
def test_a_default_that_a_wider_scope_includes_outlives_a_change(grace):
    application = grace.has(scopes=["write"], default_scopes=["write:media"])

    grace.change(application, name="Renamed")

    application.refresh_from_db()
    assert application.default_scopes == {"write:media"}


def test_a_scope_the_site_no_longer_has_goes_with_the_next_change(grace, settings):
    application = grace.has(scopes=["read", "api.upload"])
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SCOPES": {"read": "Read"}}

    response = grace.change(application, scopes=["read"])

    application.refresh_from_db()
    assert response.status_code == 303
    assert application.scopes == {"read"}


def test_forty_scopes_stand_in_groups_of_which_only_those_in_use_are_open(grace, settings):
    scopes = {
        f"s{number}": {"description": f"Do {number}", "group": f"Group {number // 10}"}
        for number in range(40)
    }
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "OPENID_CONNECT": False,  # it adds scopes of its own
        "SCOPES": scopes,
        "DEFAULT_SCOPES": ["s13"],
    }

    groups = grace.get(NEW).context["scope_choice"]["groups"]

    assert [len(group["scopes"]) for group in groups] == [10, 10, 10, 10]
    assert [group["is_open"] for group in groups] == [False, True, False, False]


@pytest.mark.usefixtures("levels")
def test_a_scope_that_staff_approve_while_the_form_is_open_is_kept(grace):
    application = grace.has(scopes=["read"])
    Application.objects.update(scopes=["read", "write"])

    grace.change(application, name="Renamed", scopes=["read"], seen_scopes=["", "read"])

    application.refresh_from_db()
    assert (application.name, application.scopes) == ("Renamed", {"read", "write"})


@pytest.mark.usefixtures("levels")
def test_a_scope_that_staff_gave_and_the_form_showed_can_be_given_up(grace):
    application = grace.has(scopes=["read", "write"])
    page = grace.get(f"/oauth/applications/{application.pk}/edit")
    assert sorted(re.findall(r'name="seen_scopes" value="([^"]+)"', page.content.decode())) == [
        "read",
        "write",
    ]

    grace.change(application, scopes=["read"], seen_scopes=["", "read", "write"])

    application.refresh_from_db()
    assert application.scopes == {"read"}
