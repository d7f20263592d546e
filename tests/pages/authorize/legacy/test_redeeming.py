"""What a legacy application sends to redeem its codes, and what an upgrade makes of codes on their way.

Wire §2 (Token); RFC 6749 §4.1.3.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from oauthcore.flows.applications.upgrade import dry_run, upgrade
from oauthcore.models import LegacySwitch, Profile
from tests.support.factories import REDIRECT_URI
from tests.support.oauth import OAuthClient, is_live
from tests.support.pages.legacy import OUT_OF_BAND, WAYS, at_browser_of, fragment_of, register_legacy

pytestmark = pytest.mark.django_db

NONE, PLAIN = WAYS["no PKCE"][0], WAYS["plain PKCE"][0]


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application that may do all that such a one can be allowed."""
    values = {"redirect_uris": [REDIRECT_URI, OUT_OF_BAND], **WAYS["implicit"][1]}
    return at_browser_of(printer, register_legacy(*LegacySwitch, **values))


@pytest.mark.rfc("6749", "4.1.3")
@pytest.mark.parametrize("changes", [{}, PLAIN])
@pytest.mark.parametrize("sent", [None, ""])
def test_it_has_to_repeat_the_redirect_uri(
    old: OAuthClient, changes: dict[str, Any], sent: str | None
) -> None:
    code = old.code(**changes)

    refused = old.redeem(code, redirect_uri=sent)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    assert "redirect_uri" in refused.json()["error_description"]
    assert old.redeem(code).status_code == 200


def test_also_where_it_left_it_out_before_for_there_was_only_one(printer: OAuthClient) -> None:
    old = at_browser_of(printer, register_legacy())
    code = old.code(redirect_uri=None)

    assert old.redeem(code, redirect_uri=None).json()["error"] == "invalid_request"
    assert old.redeem(code, redirect_uri=REDIRECT_URI).status_code == 200


def test_an_application_of_today_may_leave_it_out(printer: OAuthClient) -> None:
    assert printer.redeem(printer.code(), redirect_uri=None).status_code == 200


def test_a_code_that_is_missing_too_is_no_reason_to_look_anything_up(old: OAuthClient) -> None:
    refused = old.token(grant_type="authorization_code")

    assert refused.json()["error"] == "invalid_request"


def become_modern(old: OAuthClient) -> None:
    application, now = old.registered.application, timezone.now()
    report = dry_run(application, now=now)
    assert upgrade(application, None, confirmed=report.mark, now=now)
    application.refresh_from_db()
    assert application.profile == Profile.OAUTH_2_1


@pytest.mark.parametrize(("changes", "verifier"), [(NONE, None), (PLAIN, PLAIN["code_challenge"])])
def test_a_code_without_s256_is_worth_nothing_after_the_upgrade(
    old: OAuthClient, changes: dict[str, Any], verifier: str | None
) -> None:
    code = old.code(**changes)

    become_modern(old)

    for redirect_uri in (REDIRECT_URI, None):
        refused = old.redeem(code, code_verifier=verifier, redirect_uri=redirect_uri)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_code_with_s256_survives_the_upgrade(old: OAuthClient) -> None:
    code = old.code()

    become_modern(old)

    assert old.redeem(code).status_code == 200


def test_taking_the_switch_away_does_the_same_to_a_code_without_s256(old: OAuthClient) -> None:
    code, application = old.code(**NONE), old.registered.application
    application.legacy_switches = [LegacySwitch.PATH_PREFIX]
    application.save()

    assert old.redeem(code, code_verifier=None).json()["error"] == "invalid_grant"


def test_after_the_upgrade_no_old_way_is_open_and_the_new_one_is(old: OAuthClient) -> None:
    become_modern(old)

    for changes, _ in WAYS.values():
        assert old.authorize(**changes).status_code in (302, 400)
        assert b"transaction" not in old.authorize(**changes).content
    assert is_live(old.tokens()["access_token"])


def test_tokens_of_before_live_on(old: OAuthClient) -> None:
    implicit = fragment_of(old.decide(**WAYS["implicit"][0]))["access_token"]
    tokens = old.redeem(old.code(**NONE), code_verifier=None).json()

    become_modern(old)

    assert is_live(implicit)
    assert is_live(tokens["access_token"])
    assert old.refresh(tokens["refresh_token"]).status_code == 200
