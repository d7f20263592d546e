"""The button on the second step: a passkey logs in whoever it was asked of, once."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from oauthcore.models import MFAChallenge, TOTPFactor
from tests.support.factories import PASSWORD
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp
from tests.support.passkeys.authenticator import SecurityKey
from tests.support.passkeys.forms import add, at_second_step, options_of

pytestmark = pytest.mark.django_db


def change_password(user: Any, password: str) -> None:
    user.set_password(password)
    user.save()


def test_a_wrong_passkey_is_refused_and_the_next_one_has_another_challenge(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    client, options = at_second_step()

    refused = client.post(STEP, {"passkey": key.sign(options, origin="https://evil.example")})
    assert "This passkey was not accepted. Try again, or enter a code." in refused.content.decode()
    assert options_of(refused)["challenge"] != options["challenge"]
    again = client.post(STEP, {"passkey": key.sign(options)})
    assert again.context["passkey_problem"]
    assert client.post(STEP, {"passkey": key.sign(options_of(again))}).status_code == 303


def test_a_code_still_logs_in_whoever_has_a_passkey(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    client, _ = at_second_step()

    assert client.post(STEP, {"passkey": "", "code": app.code()}).status_code == 303
    assert get_user(client).username == "ada"


def test_what_was_signed_logs_in_one_browser_once(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    (one, options), (other, _) = at_second_step(), at_second_step()
    text = key.sign(options)

    assert other.post(STEP, {"passkey": text}).status_code == 200
    assert one.post(STEP, {"passkey": text}).status_code == 303
    assert get_user(other).is_anonymous


def test_the_second_step_is_over_when_the_factor_or_the_password_is_another(
    browser: Client, app: AuthenticatorApp, key: SecurityKey, clock: Any, ada: Any
) -> None:
    add(browser, key)
    for change in (
        lambda: clock.shift(300),
        lambda: change_password(ada, "another walk by the sea"),
        lambda: MFAChallenge.end_all_of(ada),
        lambda: TOTPFactor.objects.all().delete(),
    ):
        client, options = at_second_step()
        change()
        answer = client.post(STEP, {"passkey": key.sign(options)})
        assert answer.context["is_over"]
        assert get_user(client).is_anonymous
        change_password(ada, PASSWORD)


def test_a_flood_of_wrong_passkeys_is_stopped(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    client, _ = at_second_step()
    hostile = ["{}", "[" * 50_000, '{"rawId": 1e400}', "\x00", "x" * 60_000]

    answers = [client.post(STEP, {"passkey": text}) for text in hostile]

    assert [one.status_code for one in answers] == [200] * 5
    assert [one.context["is_over"] for one in answers] == [False] * 4 + [True]
