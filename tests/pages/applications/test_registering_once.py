"""The form for a new application is answered once: a reload makes and shows nothing."""

from __future__ import annotations

import pytest

from oauthcore.models import AnsweredPage, Application
from tests.support.pages.developer import LIST, NEW, Developer, after, problems_in, secret_in
from tests.support.pages.reading import text_of


def test_a_form_that_is_sent_again_registers_nothing_and_shows_no_secret(grace):
    page = grace.get(NEW).context["page"]
    secret = secret_in(grace.register(page=page))

    again = grace.register(page=page)

    assert Application.objects.filter(owner=grace.user).count() == 1
    shown = text_of(after(again))
    assert "was already sent" in shown
    assert secret not in shown


def test_a_form_that_is_sent_again_after_its_application_was_deleted_registers_nothing(grace):
    page = grace.get(NEW).context["page"]
    grace.register(page=page)
    application = Application.objects.get(owner=grace.user)
    grace.send(application, "delete", name=application.name)

    again = grace.register(page=page)

    assert again["Location"].startswith(f"{LIST}?")
    assert Application.objects.filter(owner=grace.user, deleted_at=None).count() == 0


@pytest.mark.parametrize("page", ["", "forged", "a:b:c", "é\x00"])
def test_a_form_without_a_page_of_ours_registers_nothing_and_keeps_what_was_typed(grace, page):
    response = grace.register(page=page, name="Typed with care")

    assert "open for too long" in problems_in(response)["__all__"][0]
    assert b"Typed with care" in response.content
    assert Application.objects.count() == 0


def test_a_page_that_was_shown_to_somebody_else_is_not_answered(grace):
    theirs = Developer().get(NEW).context["page"]

    assert "__all__" in problems_in(grace.register(page=theirs))


def test_a_page_of_yesterday_is_not_answered(clock, grace):
    page = grace.get(NEW).context["page"]
    clock.shift(24 * 60 * 60 + 1)
    grace.browser.force_login(grace.user)

    assert "__all__" in problems_in(grace.register(page=page))


def test_a_form_with_mistakes_can_be_sent_again_once_they_are_mended(grace):
    page = grace.get(NEW).context["page"]
    grace.register(page=page, name="")

    assert grace.register(page=page).status_code == 200
    assert AnsweredPage.objects.count() == 1
