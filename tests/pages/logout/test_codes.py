"""A code that is redeemed after its person has logged out begins no session that nobody would end."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db


def test_a_code_of_a_session_that_has_ended_is_refused(printer):
    code = printer.code(scope="openid read")
    printer.browser.logout()

    answer = printer.redeem(code)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert printer.session is None


def test_a_code_of_one_that_lasts_is_taken_and_used_once(printer):
    code = printer.code(scope="openid read")

    assert "id_token" in printer.redeem(code).json()
    assert printer.redeem(code).json()["error"] == "invalid_grant"
