"""A redirect URI that was taken from its application: codes that were sent there are worth nothing."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, AuthorizationCode, Grant, LegacySwitch, Token
from tests.support.factories import REDIRECT_URI, register, register_public
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.pages.legacy import BELOW, OUT_OF_BAND, SHOWN, code_on, register_legacy
from tests.support.statements import statements

pytestmark = pytest.mark.django_db

OTHER = "https://client.example/other"


def keep(*uris: str) -> None:
    Application.objects.update(redirect_uris=list(uris))


def assert_refused(response: Any) -> None:
    assert (response.status_code, response.json()["error"]) == (400, "invalid_grant")
    assert not Token.objects.exists()
    assert AuthorizationCode.objects.get().used_at is None
    assert AuthorizationCode.objects.get().failures == 0


@pytest.mark.parametrize("changes", [{}, {"redirect_uri": None}], ids=["repeated", "left out"])
def test_a_code_that_was_sent_there_is_not_redeemed(changes: dict[str, Any]) -> None:
    oauth = with_person(register(redirect_uris=[REDIRECT_URI, OTHER]))
    code = oauth.code()

    keep(OTHER)
    assert_refused(oauth.redeem(code, **changes))
    assert Grant.objects.get().revoked_at is None

    keep(OTHER, REDIRECT_URI)
    assert oauth.redeem(code, **changes).status_code == 200


def test_taking_another_one_away_changes_nothing() -> None:
    oauth = with_person(register(redirect_uris=[REDIRECT_URI, OTHER]))
    code = oauth.code()

    keep(REDIRECT_URI)

    assert oauth.redeem(code).status_code == 200


def test_a_port_of_the_loopback_is_still_free_when_the_code_comes() -> None:
    program = with_person(register_public(redirect_uris=["http://localhost/cb"]))
    uri = "http://localhost:51004/cb"
    code = program.code(redirect_uri=uri)

    assert program.redeem(code, redirect_uri=uri).status_code == 200


def test_a_path_below_goes_with_the_switch_and_a_shown_code_with_its_address() -> None:
    old = with_person(register_legacy(LegacySwitch.PATH_PREFIX, redirect_uris=[REDIRECT_URI, OUT_OF_BAND]))
    below, shown = old.code(redirect_uri=BELOW), code_on(old.authorize(**SHOWN))

    Application.objects.update(legacy_switches=[])
    keep(REDIRECT_URI)

    for code, uri in ((below, BELOW), (shown, OUT_OF_BAND)):
        assert old.redeem(code, redirect_uri=uri).json()["error"] == "invalid_grant"
    assert not Token.objects.exists()


def test_a_scheme_that_the_site_no_longer_lists_ends_its_codes(settings: Any) -> None:
    before, uri = settings.OAUTHCORE, "cursor://cb"
    settings.OAUTHCORE = before | {"REDIRECT_SCHEMES": ["cursor"]}
    program = with_person(register_public(redirect_uris=[uri]))
    code = program.code(redirect_uri=uri)

    settings.OAUTHCORE = before

    assert_refused(program.redeem(code, redirect_uri=uri))


def test_a_spent_code_that_comes_back_ends_its_grant_all_the_same() -> None:
    oauth = with_person(register(redirect_uris=[REDIRECT_URI, OTHER]))
    code = oauth.code()
    tokens = oauth.redeem(code).json()

    keep(OTHER)

    assert is_live(tokens["access_token"])
    assert oauth.redeem(code).json()["error"] == "invalid_grant"
    assert not is_live(tokens["access_token"])


@pytest.mark.parametrize("by_number", [False, True], ids=["client ID", "number"])
def test_it_costs_no_statement(by_number: bool) -> None:
    oauth = with_person()
    code = oauth.code()
    named = {"client_id": str(oauth.registered.application.pk)} if by_number else {}

    with statements() as run:
        assert OAuthClient(oauth.registered).redeem(code, **named).status_code == 200

    assert len(run) <= 4
