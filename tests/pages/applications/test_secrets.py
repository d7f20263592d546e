"""Secrets: shown once, rotated with an overlap, ended."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from oauthcore.models import Application, SecurityEvent
from oauthcore.recording import last_uses
from tests.support.factories import register
from tests.support.oauth import post
from tests.support.pages.developer import Developer, after, secret_in
from tests.support.pages.reading import text_of
from tests.support.statements import plain

HOUR, DAY = 3600, 86400


@pytest.fixture
def mine(grace):
    """Her application together with its secret."""
    return register(owner=grace.user)


def works(registered, secret):
    credentials = {"client_id": registered.client_id, "client_secret": secret}
    response = post("/oauth/token", {"grant_type": "client_credentials", **credentials})
    assert response.status_code in (200, 401)
    return response.status_code == 200


def test_a_new_secret_is_shown_once_and_the_old_one_is_refused_at_once(grace, mine):
    response = grace.rotate(mine.application)
    secret = secret_in(response)

    assert response["Cache-Control"] == "no-store"
    assert works(mine, secret)
    assert not works(mine, mine.client_secret)
    assert secret not in text_of(grace.see(mine.application, "secrets"))


@pytest.mark.parametrize("overlap", [HOUR, DAY, 7 * DAY, 30 * DAY])
def test_the_old_secret_lives_on_for_the_overlap_that_was_chosen(clock, grace, mine, overlap):
    grace.browser.force_login(grace.user)
    secret = secret_in(grace.rotate(mine.application, overlap=overlap))

    clock.shift(overlap - 1)
    assert works(mine, mine.client_secret)
    clock.shift(1)
    assert not works(mine, mine.client_secret)
    assert works(mine, secret)


@pytest.mark.parametrize("overlap", ["", "1", "-3600", "3600.0", "999999999", "٣٦٠٠"])
def test_no_other_overlap_can_be_chosen(grace, mine, overlap):
    response = grace.rotate(mine.application, overlap=overlap)

    assert response.status_code == 400
    assert mine.application.client_secrets.count() == 1


def test_a_third_secret_ends_the_first(grace, mine):
    second = secret_in(grace.rotate(mine.application, overlap=DAY))
    third = secret_in(grace.rotate(mine.application, overlap=DAY))

    assert [works(mine, one) for one in (mine.client_secret, second, third)] == [False, True, True]


def test_a_form_that_is_sent_again_makes_no_secret_and_shows_none(grace, mine):
    page = grace.see(mine.application, "secrets").context["page"]
    secret = secret_in(grace.rotate(mine.application, overlap=DAY, page=page))

    shown = text_of(after(grace.rotate(mine.application, overlap=DAY, page=page)))

    assert "was already sent" in shown
    assert secret not in shown
    assert mine.application.client_secrets.count() == 2


def test_the_form_of_another_application_or_person_is_not_answered(grace, mine):
    other, somebody = grace.has(), Developer()
    pages = [
        grace.see(other, "secrets").context["page"],
        somebody.see(somebody.has(), "secrets").context["page"],
        grace.get("/oauth/applications/new").context["page"],
        "forged",
    ]

    for page in pages:
        assert grace.rotate(mine.application, page=page).status_code == 400
    assert mine.application.client_secrets.count() == 1


def test_rotation_leaves_one_event_without_the_secret(grace, mine):
    secret = secret_in(grace.rotate(mine.application, overlap=DAY))

    (event,) = SecurityEvent.objects.all()
    assert (event.kind, event.user_ref) == ("secret_rotated", str(grace.user.pk))
    assert event.reason == "new one; the one before it ends after 86400 seconds"
    assert secret not in event.reason


def test_secrets_are_told_apart_by_their_ends_and_their_times(clock, grace, mine):
    grace.browser.force_login(grace.user)
    works(mine, mine.client_secret)
    clock.shift(120)
    grace.rotate(mine.application, overlap=DAY)
    (old,) = mine.application.client_secrets.filter(expires_at__isnull=False)

    shown = text_of(grace.see(mine.application, "secrets"))

    assert f"…{old.hint} June 15, 2030" in shown
    assert "June 16, 2030, 12:02 UTC End now" in shown
    assert "when you end it" in shown


def test_when_a_secret_was_last_used_is_shown(clock, grace, mine):
    grace.browser.force_login(grace.user)
    works(mine, mine.client_secret)

    last_uses.secrets.flush()

    assert "June 15, 2030 June 15, 2030, 12:00 UTC (up to a minute late)" in text_of(
        grace.see(mine.application, "secrets")
    )


def test_one_of_two_secrets_can_be_ended(grace, mine):
    secret = secret_in(grace.rotate(mine.application, overlap=DAY))
    (old,) = mine.application.client_secrets.filter(expires_at__isnull=False)

    response = grace.send(mine.application, "secrets", end=old.pk)

    assert "The secret has ended" in text_of(after(response))
    assert not works(mine, mine.client_secret)
    assert works(mine, secret)
    assert SecurityEvent.objects.last().reason == f"ended number {old.pk}"


def test_the_last_secret_is_ended_only_when_that_is_confirmed(grace, mine):
    (only,) = mine.application.client_secrets.all()

    assert "No other secret works" in grace.send(mine.application, "secrets", end=only.pk).content.decode()
    assert works(mine, mine.client_secret)

    grace.send(mine.application, "secrets", end=only.pk, confirmed="yes")
    assert not works(mine, mine.client_secret)
    assert "There is no secret" in text_of(grace.see(mine.application, "secrets"))


def test_the_newest_secret_is_ended_only_when_confirmed_if_the_other_one_has_an_end(clock, grace, mine):
    grace.browser.force_login(grace.user)
    secret = secret_in(grace.rotate(mine.application, overlap=DAY))
    (newest,) = mine.application.client_secrets.filter(expires_at=None)
    end = "The other secret ends on June 16, 2030, 12:00 UTC ."
    question = f"{end} After that the application gets no tokens."

    assert text_of(grace.see(mine.application, "secrets")).count(question) == 1
    assert grace.send(mine.application, "secrets", end=newest.pk).status_code == 400
    assert works(mine, secret)

    grace.send(mine.application, "secrets", end=newest.pk, confirmed="yes")
    assert not works(mine, secret)
    assert works(mine, mine.client_secret)


def test_an_application_whose_secrets_all_have_an_end_is_told_when_the_last_one_ends(clock, grace, mine):
    grace.browser.force_login(grace.user)
    warning = "The last secret ends on June 16, 2030, 12:00 UTC . Make a new one."
    grace.rotate(mine.application, overlap=DAY)
    (newest,) = mine.application.client_secrets.filter(expires_at=None)
    assert warning not in text_of(grace.see(mine.application, "secrets"))

    grace.send(mine.application, "secrets", end=newest.pk, confirmed="yes")
    assert warning in text_of(grace.see(mine.application, "secrets"))

    grace.rotate(mine.application)
    assert "The last secret ends" not in text_of(grace.see(mine.application, "secrets"))


def test_an_application_without_secrets_can_be_given_one(grace, mine):
    (only,) = mine.application.client_secrets.all()
    grace.send(mine.application, "secrets", end=only.pk, confirmed="yes")

    assert works(mine, secret_in(grace.rotate(mine.application)))


def test_a_secret_that_has_ended_is_ended_once(grace, mine):
    (old,) = mine.application.client_secrets.all()
    grace.rotate(mine.application)

    response = grace.send(mine.application, "secrets", end=old.pk)

    assert "has already ended" in text_of(after(response))
    assert SecurityEvent.objects.count() == 1


@pytest.mark.parametrize("number", ["", "x", "-1", "1\x00", "9" * 30])
def test_a_secret_that_is_none_is_not_there(grace, mine, number):
    assert grace.send(mine.application, "secrets", end=number).status_code == 404


def test_the_secret_of_another_application_is_not_ended(grace, mine):
    theirs = register()
    (secret,) = theirs.application.client_secrets.all()

    grace.send(mine.application, "secrets", end=secret.pk, confirmed="yes")

    assert works(theirs, theirs.client_secret)


def test_an_application_that_is_deleted_while_the_page_is_at_work_gets_no_secret(grace, mine):
    page = grace.see(mine.application, "secrets").context["page"]
    row = Application.objects.filter(pk=mine.application.pk)
    seen = []

    def delete_once_it_was_found(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "oauthcore_application." in plain(sql) and not seen:
            seen.append(sql)
            row.update(deleted_at=timezone.now())
        return result

    with connection.execute_wrapper(delete_once_it_was_found):
        response = grace.rotate(mine.application, page=page)

    assert response.status_code == 404
    assert mine.application.client_secrets.count() == 1
