"""Modules about hints: an id token or a subject says whom the application expects."""

from __future__ import annotations

import json
from typing import Any

import pytest

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


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint(app: RelyingParty) -> None:
    first = app.sign_in()
    second = app.silently(id_token_hint=first.id_token)

    assert SignedIn(app, app.redeem(second["code"]).json()).claims["sub"] == first.claims["sub"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_that_has_expired_still_names_the_person(app: RelyingParty, clock: Any) -> None:
    first = app.sign_in()
    clock.shift(3600)

    assert "code" in app.silently(id_token_hint=first.id_token)


@pytest.mark.openid("core", "3.1.2.2")
@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_of_another_person(app: RelyingParty) -> None:
    grace = relying_party(app.registered, somebody(username="grace")).sign_in()
    app.sign_in()

    assert app.silently(id_token_hint=grace.id_token)["error"] == "login_required"
    assert "code=" not in app.authorize(id_token_hint=grace.id_token).headers.get("Location", "")


@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_id_token_hint_of_another_person_is_kept_through_the_login(app: RelyingParty, ada: Any) -> None:
    """Whoever logs in instead gets no code: the application asked for grace."""
    grace = relying_party(app.registered, somebody(username="grace")).sign_in()
    app.sign_in()
    app.browser.logout()
    led = app.authorize(id_token_hint=grace.id_token)
    assert is_login(led)
    page = app.browser.get(log_in(app.browser, led["Location"], user=ada))

    assert "code=" not in page.headers.get("Location", "")
    assert "transaction" not in (page.context or {})


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_id_token_hint_of_another_client(app: RelyingParty, ada: Any) -> None:
    other = RelyingParty(register(scopes=SCOPES, name="Another"), app.browser).sign_in()
    app.sign_in()

    assert "error" in app.silently(id_token_hint=other.id_token)


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
def test_oidcc_id_token_hint_that_this_provider_did_not_sign(app: RelyingParty, spoil: Any) -> None:
    hint = spoil(app.sign_in().id_token)

    assert "error" in app.silently(id_token_hint=hint)


def test_oidcc_id_token_hint_is_no_access_token(app: RelyingParty) -> None:
    assert "error" in app.silently(id_token_hint=app.sign_in().access_token)


@pytest.mark.openid("core", "5.5.1")
@pytest.mark.openid("core", "3.1.2.2")
def test_oidcc_claims_with_the_subject_of_somebody_else(app: RelyingParty) -> None:
    grace = relying_party(app.registered, somebody(username="grace")).sign_in()
    app.sign_in()
    wanted = json.dumps({"id_token": {"sub": {"value": grace.claims["sub"]}}})

    assert app.silently(claims=wanted)["error"] == "login_required"
    assert "code=" not in app.authorize(claims=wanted).headers.get("Location", "")


@pytest.mark.openid("core", "5.5.1")
def test_oidcc_claims_with_the_subject_of_the_person(app: RelyingParty) -> None:
    first = app.sign_in()
    wanted = json.dumps({"id_token": {"sub": {"value": first.claims["sub"]}}})

    assert SignedIn(app, app.redeem(app.silently(claims=wanted)["code"]).json()).claims["sub"]
