"""What protects the pages of a sign-in (OpenID Connect Core §3.1.2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.relying_party import RelyingParty

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


def assert_in_no_frame(page: Any) -> None:
    assert page.status_code == 200
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["Cache-Control"] == "no-store"


@pytest.mark.openid("core", "3.1.2.3")
@pytest.mark.openid("core", "16.10")
def test_oidcc_no_page_of_a_sign_in_stands_in_a_frame(party: RelyingParty) -> None:
    assert_in_no_frame(party.authorize())
    party.browser.logout()
    assert_in_no_frame(party.browser.get(party.authorize()["Location"]))


@pytest.mark.openid("core", "3.1.2.3")
@pytest.mark.openid("core", "3.1.2.4")
def test_oidcc_no_other_site_says_yes_for_the_person(party: RelyingParty) -> None:
    page = party.authorize()
    party.browser.handler.enforce_csrf_checks = True
    refused = party.decide(transaction=page.context["transaction"])

    assert refused.status_code == 403
    assert party.silently()["error"] == "consent_required"
