"""PKCE where it is optional: honoured when sent, in either method, and never weakened afterwards.

Wire §2 point 3; RFC 7636, RFC 9700 §4.8.2.
"""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Application, AuthorizationCode, LegacySwitch
from tests.support.oauth import CHALLENGE, VERIFIER, OAuthClient, answer, is_live
from tests.support.pages.legacy import WAYS, at_browser_of, register_legacy
from tests.support.pages.refusals import assert_refused

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.sqlite_only("challenges are compared in Python"),
]

NONE, PLAIN, IMPLIED = (WAYS[name][0] for name in ("no PKCE", "plain PKCE", "plain PKCE by saying nothing"))
S256: dict[str, Any] = {}
WRONG = VERIFIER.replace("a-", "b-", 1)


@pytest.fixture
def old(printer: OAuthClient) -> OAuthClient:
    """A confidential legacy application that need not use PKCE."""
    return at_browser_of(printer, register_legacy(LegacySwitch.OPTIONAL_PKCE))


@pytest.mark.parametrize(
    ("changes", "verifier"), [(NONE, None), (PLAIN, VERIFIER), (IMPLIED, VERIFIER), (S256, VERIFIER)]
)
def test_a_code_is_redeemed_with_what_it_was_asked_for_with(
    old: OAuthClient, changes: dict[str, Any], verifier: str | None
) -> None:
    tokens = old.redeem(old.code(**changes), code_verifier=verifier).json()

    assert is_live(tokens["access_token"])
    assert old.refresh(tokens["refresh_token"]).status_code == 200


@pytest.mark.rfc("9700", "4.8.2")
@pytest.mark.parametrize("verifier", [VERIFIER, CHALLENGE, "v" * 43, "short"])
def test_a_verifier_for_a_code_without_a_challenge_is_a_downgrade(old: OAuthClient, verifier: str) -> None:
    code = old.code(**NONE)

    assert old.redeem(code, code_verifier=verifier).json()["error"] == "invalid_grant"
    assert old.redeem(code, code_verifier=None).status_code == 200


@pytest.mark.rfc("7636", "4.6")
@pytest.mark.parametrize("changes", [PLAIN, IMPLIED, S256])
@pytest.mark.parametrize("verifier", [None, WRONG, CHALLENGE, VERIFIER[:-1], f"{VERIFIER}\n", "é" * 43])
def test_a_code_with_a_challenge_is_redeemed_with_its_verifier_only(
    old: OAuthClient, changes: dict[str, Any], verifier: str | None
) -> None:
    code = old.code(**changes)

    assert old.redeem(code, code_verifier=verifier).json()["error"] == "invalid_grant"
    assert old.redeem(code).status_code == 200


def test_five_wrong_verifiers_burn_a_plain_code_too(old: OAuthClient) -> None:
    code = old.code(**PLAIN)
    for _ in range(5):
        assert old.redeem(code, code_verifier=WRONG).status_code == 400

    assert old.redeem(code).json()["error"] == "invalid_grant"


@pytest.mark.rfc("7636", "4.4.1")
@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": "S256"},
        {"code_challenge": None, "code_challenge_method": "plain"},
        {"code_challenge": "", "code_challenge_method": "S256"},
        *({"code_challenge_method": one} for one in ("s256", "PLAIN", "S512", "none", "plain\ngarbage")),
        *(
            {"code_challenge": one, "code_challenge_method": "plain"}
            for one in ("c" * 42, "c" * 129, "c" * 43 + "=", "c" * 43 + " ", "é" * 43, "c" * 43 + "\n")
        ),
        {"code_challenge": "c" * 44},
        {"code_challenge": [CHALLENGE, CHALLENGE]},
    ],
    ids=ascii,
)
def test_what_was_sent_wrongly_is_refused_and_not_taken_for_nothing(
    old: OAuthClient, changes: dict[str, Any]
) -> None:
    assert_refused(old.authorize(**changes), "invalid_request")


@pytest.mark.parametrize(
    ("changes", "is_let_through"), [(NONE, False), (PLAIN, True), (IMPLIED, True), (S256, True)]
)
def test_a_public_application_needs_it_all_the_same(
    printer: OAuthClient, changes: dict[str, Any], is_let_through: bool
) -> None:
    public = register_legacy(
        LegacySwitch.OPTIONAL_PKCE,
        client_type=Application.ClientType.PUBLIC,
        grant_types=["authorization_code", "refresh_token"],
    )
    old = at_browser_of(printer, public)

    if is_let_through:
        assert old.redeem(old.code(**changes)).status_code == 200
    else:
        assert_refused(old.authorize(**changes), "invalid_request")


def test_the_page_is_bound_to_the_challenge_and_its_method(old: OAuthClient) -> None:
    # The same text under both methods: who may choose the method afterwards may choose the verifier.
    transaction = old.authorize().context["transaction"]

    page = old.decide(transaction=transaction, code_challenge_method="plain")

    assert page.status_code == 400
    assert not AuthorizationCode.objects.exists()


def test_a_legacy_application_is_answered_with_what_everybody_gets(old: OAuthClient) -> None:
    told = answer(old.decide(**NONE))

    assert set(told) == {"code", "state", "iss"}
    assert told["iss"] == "https://testserver"


def test_a_remembered_consent_asks_for_no_pkce_either(old: OAuthClient) -> None:
    old.redeem(old.code(**NONE), code_verifier=None)

    assert old.redeem(answer(old.authorize(**NONE))["code"], code_verifier=None).status_code == 200
    assert answer(old.authorize(**NONE, prompt="none"))["code"]
