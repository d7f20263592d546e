"""Redirect URIs that only begin like a registered one, for a legacy application that opted in.

Wire §2 point 2. What begins with what is held in
``tests/rules/oauth/test_redirect_uri_prefixes.py``.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, LegacySwitch, Profile
from tests.support.factories import REDIRECT_URI, Registered, register
from tests.support.oauth import OAuthClient, answer
from tests.support.pages.legacy import BELOW, at_browser_of, register_legacy
from tests.support.pages.refusals import assert_refused, assert_shown_on_a_page
from tests.support.prefixes import BEHIND, DOTS, ELSEWHERE, SLASHES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("redirect URIs are compared in Python"),
]


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A legacy application whose addresses match by the beginning of their path."""
    return at_browser_of(printer, register_legacy(LegacySwitch.PATH_PREFIX))


def test_the_answer_goes_to_the_address_that_was_sent(old: OAuthClient) -> None:
    for decision in ("approve", "deny"):
        assert old.decide(decision, redirect_uri=BELOW, prompt="consent")["Location"].startswith(f"{BELOW}?")
    response = old.authorize(redirect_uri=BELOW, scope="nonsense")
    assert response["Location"].startswith(f"{BELOW}?error=invalid_scope&")


def test_the_registered_address_itself_goes_on_working(old: OAuthClient) -> None:
    assert old.decide()["Location"].startswith(f"{REDIRECT_URI}?code=")
    assert old.decide(redirect_uri=None, prompt="consent")["Location"].startswith(f"{REDIRECT_URI}?code=")


def test_a_person_is_shown_the_host_they_go_to(old: OAuthClient) -> None:
    assert old.authorize(redirect_uri=BELOW).context["destination"]["host"] == "client.example"


@pytest.mark.rfc("6749", "4.1.3")
@pytest.mark.parametrize(
    "sent", [REDIRECT_URI, f"{BELOW}/", f"{BELOW}/more", BELOW.upper(), "https://evil.example"]
)
def test_a_code_is_redeemed_with_the_very_address_that_was_sent(old: OAuthClient, sent: str) -> None:
    code = old.code(redirect_uri=BELOW)

    assert old.redeem(code, redirect_uri=sent).json()["error"] == "invalid_grant"
    assert old.redeem(code, redirect_uri=BELOW).status_code == 200


def test_a_code_for_the_registered_address_is_not_redeemed_with_one_below(old: OAuthClient) -> None:
    assert old.redeem(old.code(), redirect_uri=BELOW).json()["error"] == "invalid_grant"


_TAILS = {**DOTS, **SLASHES, **BEHIND}
FOREIGN = ELSEWHERE | {name: f"{REDIRECT_URI}{tail}" for name, tail in _TAILS.items()}


@pytest.mark.rfc("9700", "4.1.3")
@pytest.mark.parametrize(
    "uri",
    [*ELSEWHERE.values(), *(f"{REDIRECT_URI}{tail}" for tail in _TAILS.values())],
    ids=[*ELSEWHERE, *_TAILS],
)
def test_no_other_address_is_sent_anything(old: OAuthClient, uri: str) -> None:
    assert_shown_on_a_page(old.authorize(redirect_uri=uri))
    assert_shown_on_a_page(OAuthClient(old.registered).authorize(redirect_uri=uri, prompt="none"))


@pytest.mark.parametrize("uri", ["http://127.0.0.1:51004/cb/below", "http://127.0.0.1/cb/below?x=1"])
def test_on_the_loopback_the_port_is_free_for_the_registered_path_alone(
    printer: OAuthClient, uri: str
) -> None:
    device = register_legacy(LegacySwitch.PATH_PREFIX, redirect_uris=["http://127.0.0.1/cb"])
    old = at_browser_of(printer, device)

    assert_shown_on_a_page(old.authorize(redirect_uri=uri))
    assert old.authorize(redirect_uri="http://127.0.0.1/cb/below").status_code == 200
    assert old.authorize(redirect_uri="http://127.0.0.1:51004/cb").status_code == 200


def test_an_address_below_cannot_be_left_out_where_several_are_registered(printer: OAuthClient) -> None:
    several = register_legacy(
        LegacySwitch.PATH_PREFIX, redirect_uris=[REDIRECT_URI, "https://client.example/x"]
    )

    assert_shown_on_a_page(at_browser_of(printer, several).authorize(redirect_uri=None))


def test_a_page_answers_for_the_address_it_was_shown_for(old: OAuthClient) -> None:
    transaction = old.authorize(redirect_uri=BELOW).context["transaction"]

    for uri in (REDIRECT_URI, f"{BELOW}/more"):
        assert_shown_on_a_page(old.decide(transaction=transaction, redirect_uri=uri))


def test_a_consent_is_remembered_for_the_application_wherever_it_is_sent(old: OAuthClient) -> None:
    old.code()

    assert old.authorize(redirect_uri=BELOW, prompt="none")["Location"].startswith(f"{BELOW}?code=")


@pytest.mark.parametrize(
    "registered", ["https://client.example/a/../cb", "javascript:/", "http://evil.example/cb"]
)
def test_what_may_not_be_registered_is_no_beginning_whoever_wrote_it(
    printer: OAuthClient, registered: str
) -> None:
    old = at_browser_of(printer, register_legacy(LegacySwitch.PATH_PREFIX))
    Application.objects.update(redirect_uris=[registered])

    assert_shown_on_a_page(old.authorize(redirect_uri=f"{registered}/below"))


def make_legacy_without(switch: LegacySwitch) -> Registered:
    return register_legacy(*(one for one in LegacySwitch if one != switch))


@pytest.mark.parametrize("make", [register, lambda: make_legacy_without(LegacySwitch.PATH_PREFIX)])
def test_a_code_of_before_is_worth_nothing_when_the_switch_is_turned_off(
    printer: OAuthClient, make: Any
) -> None:
    """What an application may do is decided at use: no code is sent there now, so none is redeemed."""
    old = at_browser_of(printer, register_legacy(LegacySwitch.PATH_PREFIX))
    code = old.code(redirect_uri=BELOW)
    now = make().application
    Application.objects.filter(pk=old.registered.application.pk).update(
        profile=now.profile, legacy_switches=now.legacy_switches
    )

    assert "Location" not in old.authorize(redirect_uri=BELOW)
    assert old.redeem(code, redirect_uri=REDIRECT_URI).json()["error"] == "invalid_grant"
    assert old.redeem(code, redirect_uri=BELOW).json()["error"] == "invalid_grant"


def test_a_wrong_request_is_told_below_as_well_when_it_is_answered(old: OAuthClient) -> None:
    transaction = old.authorize(redirect_uri=BELOW).context["transaction"]

    response = old.decide(transaction=transaction, redirect_uri=BELOW, code_challenge_method="plain")

    assert response["Location"].startswith(f"{BELOW}?")
    assert_refused(response, "invalid_request")
    assert answer(old.decide(transaction=transaction, redirect_uri=BELOW))["code"]
    assert old.registered.application.profile == Profile.OAUTH_2_0
