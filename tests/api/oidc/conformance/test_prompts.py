"""Modules about logins: when the page asks for one, when it must not, and how old it may be."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.oauth import answer
from tests.support.relying_party import (
    RelyingParty,
    SignedIn,
    allow,
    configuration,
    is_login,
    log_in,
)

pytestmark = pytest.mark.sqlite_only("it is about the way of a browser through a login")


def back_after_login(app: RelyingParty, led: Any, user: Any) -> SignedIn:
    """Log in where an answer leads, come back, approve if asked, and redeem the code."""
    page = app.browser.get(log_in(app.browser, led["Location"], user=user))
    if page.status_code == 200:
        page = allow(app.browser, page)
    return SignedIn(app, app.redeem(answer(page)["code"]).json())


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.openid("core", "3.1.2.3")
def test_oidcc_prompt_login(app: RelyingParty, ada: Any, clock: Any) -> None:
    first = app.sign_in()
    clock.shift(2)
    led = app.authorize(prompt="login")
    assert is_login(led)
    clock.shift(2)
    second = back_after_login(app, led, ada)

    assert second.claims["auth_time"] == first.claims["auth_time"] + 4
    assert second.claims["sub"] == first.claims["sub"]


@pytest.mark.openid("core", "3.1.2.3")
@pytest.mark.openid("core", "3.1.2.6")
def test_oidcc_prompt_none_not_logged_in(app: RelyingParty) -> None:
    app.sign_in()
    app.browser.logout()
    answered = app.silently(state="s" * 128)

    assert answered["error"] == "login_required"
    assert answered["state"] == "s" * 128
    assert "code" not in answered


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_prompt_none_logged_in(app: RelyingParty, clock: Any) -> None:
    first = app.sign_in()
    clock.shift(60)
    second = SignedIn(app, app.redeem(app.silently()["code"]).json())

    assert (second.claims["sub"], second.claims["auth_time"]) == (
        first.claims["sub"],
        first.claims["auth_time"],
    )


@pytest.mark.openid("core", "3.1.2.4")
@pytest.mark.openid("core", "3.1.2.6")
def test_oidcc_prompt_none_without_consent(app: RelyingParty) -> None:
    assert app.silently()["error"] in ("consent_required", "interaction_required")


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize(
    "more", ["none login", "none consent", "login none", "none select_account", "none none x"]
)
def test_oidcc_prompt_none_with_more(app: RelyingParty, more: str) -> None:
    app.sign_in()

    assert answer(app.authorize(prompt=more))["error"] == "invalid_request"


@pytest.mark.openid("core", "3.1.2.4")
def test_oidcc_prompt_consent_asks_again(app: RelyingParty) -> None:
    app.sign_in()

    assert "transaction" in app.authorize(prompt="consent").context


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_prompt_select_account_asks_who_it_is(app: RelyingParty) -> None:
    app.sign_in()

    assert app.authorize(prompt="select_account").status_code in (200, 302)
    assert "code=" not in app.authorize(prompt="select_account").headers.get("Location", "")


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.openid("core", "2")
def test_oidcc_max_age_1(app: RelyingParty, ada: Any, clock: Any) -> None:
    first = app.sign_in()
    clock.shift(2)
    led = app.authorize(max_age=1)
    assert is_login(led)
    second = back_after_login(app, led, ada)

    assert second.claims["auth_time"] == first.claims["auth_time"] + 2
    assert second.claims["iat"] - second.claims["auth_time"] <= 1


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_max_age_10000(app: RelyingParty, clock: Any) -> None:
    first = app.sign_in(max_age=15000)
    clock.shift(600)
    second = app.sign_in(max_age=10000)

    assert second.claims["auth_time"] == first.claims["auth_time"]
    assert second.claims["sub"] == first.claims["sub"]


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_max_age_is_asked_of_the_login_and_not_of_the_last_visit(
    app: RelyingParty, ada: Any, clock: Any
) -> None:
    app.sign_in()
    for _ in range(4):
        clock.shift(30)
        app.authorize()

    assert app.silently(max_age=100)["error"] == "login_required"
    assert is_login(app.authorize(max_age=100))


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize("max_age", ["-1", "soon", "1e3", "0x10"])
def test_oidcc_max_age_that_is_no_number_is_no_way_around_it(app: RelyingParty, max_age: str) -> None:
    assert answer(app.authorize(max_age=max_age))["error"] == "invalid_request"


@pytest.mark.openid("core", "12.2")
def test_oidcc_a_refreshed_id_token_tells_of_the_first_login(app: RelyingParty, clock: Any) -> None:
    first = app.sign_in()
    clock.shift(1000)
    answered = app.refresh(first.answered["refresh_token"]).json()
    second = SignedIn(app, answered)

    assert second.claims["auth_time"] == first.claims["auth_time"]
    assert second.claims["iat"] == first.claims["iat"] + 1000
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["aud"] == first.claims["aud"]


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.openid("core", "5.5.1.1")
def test_oidcc_ensure_request_with_acr_values_succeeds(app: RelyingParty) -> None:
    advertised = configuration().get("acr_values_supported", ["1", "2"])
    signed_in = app.sign_in(acr_values=" ".join(reversed(advertised)))

    assert signed_in.claims.get("acr") in (None, *advertised)


@pytest.mark.openid("core", "3.1.2.1")
@pytest.mark.parametrize("acr_values", ["1 2", "urn:mace:incommon:iap:silver", "loa-3 pwd"])
def test_oidcc_acr_values_that_nobody_here_knows_are_a_wish(app: RelyingParty, acr_values: str) -> None:
    claims = app.sign_in(acr_values=acr_values).claims

    assert claims.get("acr") in (None, "pwd", "0")


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_login_hint_fills_the_field(app: RelyingParty) -> None:
    app.browser.logout()
    led = app.authorize(login_hint="ada@people.example")

    assert "ada@people.example" in app.browser.get(led["Location"]).content.decode()


@pytest.mark.openid("core", "3.1.2.1")
def test_oidcc_ui_locales(app: RelyingParty) -> None:
    app.browser.logout()
    led = app.authorize(ui_locales="se de")

    assert urlsplit(led["Location"]).path == "/login"
    assert app.browser.get(led["Location"]).status_code == 200
