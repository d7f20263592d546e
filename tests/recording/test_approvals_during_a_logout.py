"""A logout in one tab, and an approval in another that began before it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as site

from tests.support.logging_out import SignedIn, switch_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def printer(db: None, settings: Any) -> SignedIn:
    switch_on(settings)
    return SignedIn()


def test_an_approval_that_commits_after_the_logout_ends_its_session(
    printer, django_capture_on_commit_callbacks
):
    kept = dict(printer.browser.session)
    printer.browser.logout()
    bring_back(printer, kept)
    with django_capture_on_commit_callbacks(execute=True):
        grant = printer.sign_in()

    assert printer.session is None
    assert [one.sid for one in printer.deliveries][1:] == [grant.sid]


def test_an_approval_that_commits_before_the_logout_does_is_found_by_it(
    printer, django_capture_on_commit_callbacks
):
    kept = dict(printer.browser.session)
    with django_capture_on_commit_callbacks() as afterwards:
        printer.browser.logout()
    bring_back(printer, kept)
    grant = printer.sign_in()
    assert printer.session is not None
    for one in afterwards:
        one()

    assert printer.session is None
    assert [one.sid for one in printer.deliveries][1:] == [grant.sid]


def bring_back(printer: SignedIn, kept: dict[str, Any]) -> None:
    """Give the browser the session that it had before the logout, as a request has it that began earlier."""
    session = printer.browser.session
    session.update(kept)
    session.save()
    printer.browser.cookies[site.SESSION_COOKIE_NAME] = session.session_key
