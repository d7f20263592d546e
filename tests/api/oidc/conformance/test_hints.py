"""Modules about hints: an id token or a subject says whom the application expects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.support.factories import register
from tests.support.relying_party import (
    SCOPES,
    RelyingParty,
    SignedIn,
    is_login,
    log_in,
    relying_party,
    somebody,
    tampered,
    unsigned,
)

pytestmark = pytest.mark.sqlite_only("it is about the way of a browser through a login")


@pytest.fixture
def ada(openid: None) -> Any:
    return somebody(username="ada")


@pytest.fixture
def party(ada: Any) -> RelyingParty:
    """An application at whose browser ada has just logged in with her password."""
    party = RelyingParty(register(scopes=SCOPES), Client())
    log_in(party.browser, user=ada)
    return party


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint(party: RelyingParty) -> None:
    first = party.sign_in()
    second = party.silently(id_token_hint=first.id_token)

    assert SignedIn(party, party.redeem(second["code"]).json()).claims["sub"] == first.claims["sub"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_that_has_expired_still_names_the_person(party: RelyingParty, clock: Any) -> None:
    first = party.sign_in()
    clock.shift(3600)

    assert "code" in party.silently(id_token_hint=first.id_token)


@pytest.mark.openid("core", "3.1.2.2")
@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_of_another_person(party: RelyingParty) -> None:
    grace = relying_party(party.registered, somebody(username="grace")).sign_in()
    party.sign_in()

    assert party.silently(id_token_hint=grace.id_token)["error"] == "login_required"
    assert "code=" not in party.authorize(id_token_hint=grace.id_token).headers.get("Location", "")


@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_id_token_hint_of_another_person_is_kept_through_the_login(
    party: RelyingParty, ada: Any
) -> None:
    """Whoever logs in instead gets no code: the application asked for grace."""
    grace = relying_party(party.registered, somebody(username="grace")).sign_in()
    party.sign_in()
    party.browser.logout()
    led = party.authorize(id_token_hint=grace.id_token)
    assert is_login(led)
    page = party.browser.get(log_in(party.browser, led["Location"], user=ada))

    assert "code=" not in page.headers.get("Location", "")
    assert "transaction" not in (page.context or {})


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_of_another_client(party: RelyingParty, ada: Any) -> None:
    other = RelyingParty(register(scopes=SCOPES, name="Another"), party.browser).sign_in()
    party.sign_in()

    assert "error" in party.silently(id_token_hint=other.id_token)


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize(
    "spoil",
    [
        unsigned,
        lambda text: tampered(text, sub="somebody else"),
        lambda text: tampered(text, aud="another"),
        lambda text: text[:-4] + "AAAA",
        lambda text: text.rpartition(".")[0],
        lambda text: "nonsense",
        lambda text: "a.b.c",
    ],
)
def test_oidcc_id_token_hint_that_this_provider_did_not_sign(party: RelyingParty, spoil: Any) -> None:
    hint = spoil(party.sign_in().id_token)

    assert "error" in party.silently(id_token_hint=hint)


def test_oidcc_id_token_hint_is_no_access_token(party: RelyingParty) -> None:
    assert "error" in party.silently(id_token_hint=party.sign_in().access_token)


@pytest.mark.openid("core", "5.5.1")
@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_claims_with_the_subject_of_somebody_else(party: RelyingParty) -> None:
    grace = relying_party(party.registered, somebody(username="grace")).sign_in()
    party.sign_in()
    wanted = json.dumps({"id_token": {"sub": {"value": grace.claims["sub"]}}})

    assert party.silently(claims=wanted)["error"] == "login_required"
    assert "code=" not in party.authorize(claims=wanted).headers.get("Location", "")


@pytest.mark.openid("core", "5.5.1")
def test_oidcc_claims_with_the_subject_of_the_person(party: RelyingParty) -> None:
    first = party.sign_in()
    wanted = json.dumps({"id_token": {"sub": {"value": first.claims["sub"]}}})

    assert SignedIn(party, party.redeem(party.silently(claims=wanted)["code"]).json()).claims["sub"]
