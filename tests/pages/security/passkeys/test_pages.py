"""The pages about passkeys: what people read and can do there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client

from oauthcore.flows.second_factor import webauthn
from oauthcore.models import Passkey, SecurityEvent, TOTPFactor
from tests.support.factories import PASSWORD, UserFactory
from tests.support.pages.authenticator_app import STEP, AuthenticatorApp, show_password
from tests.support.passkeys.authenticator import SecurityKey
from tests.support.passkeys.forms import NEW, SECURITY, add, at_second_step, begin

pytestmark = pytest.mark.django_db

WRONG_CODE = "This code is wrong or was already used. Wait for the next code and try again."


def test_a_passkey_is_added_listed_used_and_removed(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    answer = add(browser, key)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (303, SECURITY)
    listed = browser.get(answer["Location"])
    for words in ("You have added a passkey.", "Key ring", "Added <time", "Not used yet"):
        assert words in listed.content.decode()

    client, options = at_second_step()
    assert get_user(client).is_anonymous
    answer = client.post(STEP, {"passkey": key.sign(options)})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert get_user(client).username == "ada"
    assert "oauthcore_passkey_login" not in client.session
    assert "Last used <time" in client.get(SECURITY).content.decode()

    remove = f"/oauth/security/passkeys/{Passkey.objects.get().pk}/remove"
    assert "Key ring" in client.get(remove).content.decode()
    wrong = client.post(remove, {"password": "wrong"})
    assert wrong.status_code == 400
    assert "This password is wrong." in wrong.content.decode()
    assert client.post(remove, {"password": PASSWORD}).status_code == 303
    assert client.post(remove, {"password": PASSWORD}).status_code == 404
    assert "Key ring" not in client.get(SECURITY).content.decode()
    kinds = SecurityEvent.objects.filter(kind__startswith="passkey").values_list("kind", flat=True)
    assert list(kinds) == ["passkey_added", "passkey_removed"]


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(
    browser: Client, app: AuthenticatorApp
) -> None:
    name = begin(browser, name="two\nlines")
    assert name.status_code == 400
    assert "Enter a name" in name.context["name_problem"]

    for field, words in (("password", "This password is wrong."), ("code", WRONG_CODE)):
        answer = begin(browser, name="<b>Key</b>", **{field: "wrong"})
        assert answer.status_code == 400
        assert answer.context[f"{field}_problem"] == words
        assert f'aria-describedby="id_{field}_error"' in answer.content.decode()
        assert answer.content.decode().count(words) == 1
        assert 'value="&lt;b&gt;Key&lt;/b&gt;"' in answer.content.decode()
        assert 'value="wrong"' not in answer.content.decode()


def test_without_a_right_code_nothing_begins_and_the_try_is_counted(
    browser: Client, app: AuthenticatorApp, settings: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (3, 3600)}
    for code in ("", app.wrong_code(), "x" * 1_000):
        answer = begin(browser, code=code)
        assert (answer.status_code, answer.context["code_problem"]) == (400, WRONG_CODE)
        assert "oauthcore_new_passkey" not in browser.session

    paused = begin(browser, code=app.code())
    assert (paused.status_code, paused["Retry-After"]) == (429, "3600")
    assert "Wait" in paused.context["problem"]


def test_too_many_passwords_are_a_429_with_the_time_to_wait(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    paths = [NEW, f"/oauth/security/passkeys/{Passkey.objects.get().pk}/remove"]
    for _ in range(5):
        browser.post(NEW, {"name": "x", "password": "wrong"})

    for path in paths:
        answer = browser.post(path, {"name": "x", "password": PASSWORD})
        assert (answer.status_code, answer["Retry-After"]) == (429, "300")
        assert "Wait" in answer.context["problem"]


def test_a_new_passkey_is_answered_once_and_in_the_session_that_asked(
    browser: Client, app: AuthenticatorApp, key: SecurityKey, clock: Any
) -> None:
    options = json.loads(begin(browser).context["options"])
    refused = browser.post(NEW, {"passkey": "{}"})
    assert refused.status_code == 400
    assert refused.context["problem"] == "The passkey was not accepted. Try again."
    assert refused.context["name"] == "Key ring"
    over = browser.post(NEW, {"passkey": key.register(options)})
    assert over.context["problem"].startswith("This took too long")

    eve = Client()
    eve.force_login(UserFactory(username="eve"))
    assert eve.post(NEW, {"passkey": key.register(options)}).context["problem"].startswith("This took too")
    assert not Passkey.objects.exists()

    add(browser, key)
    assert add(browser, key).context["problem"] == "This passkey was already added."


def test_the_pages_say_why_there_can_be_none(
    browser: Client, app: AuthenticatorApp, key: SecurityKey, settings: Any
) -> None:
    add(browser, key)
    for values, words in (
        ({"ISSUER": "http://127.0.0.1:8000"}, "make demo HOST=localhost"),
        ({"ISSUER": "https://192.0.2.1"}, "need a domain name"),
        ({"ISSUER": "http://id.example.org"}, "over https only"),
        ({"PASSKEYS_PER_USER": 1}, "the largest number of passkeys that is allowed"),
    ):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": "https://testserver", **values}
        for page in (browser.get(SECURITY), browser.get(NEW), browser.post(NEW, {"name": "x"})):
            assert words in page.content.decode()
        assert NEW not in browser.get(SECURITY).content.decode()


def test_without_the_extra_or_the_factor_codes_alone_are_asked_for(
    browser: Client, app: AuthenticatorApp, key: SecurityKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(browser, key)
    monkeypatch.setattr(webauthn, "find_spec", lambda name: None)
    assert "not set up for passkeys" in browser.get(NEW).content.decode()
    client = Client()
    show_password(client)
    assert client.get(STEP).context["passkey_options"] == ""
    monkeypatch.undo()

    TOTPFactor.objects.all().delete()
    assert "Switch on two-step verification first" in browser.get(NEW).content.decode()


def test_the_passkey_of_somebody_else_is_not_there(
    browser: Client, app: AuthenticatorApp, key: SecurityKey
) -> None:
    add(browser, key)
    eve = Client()
    eve.force_login(UserFactory(username="eve"))

    for number in (Passkey.objects.get().pk, 9_999_999_999_999_999_999_999):
        path = f"/oauth/security/passkeys/{number}/remove"
        assert eve.get(path).status_code == eve.post(path, {"password": PASSWORD}).status_code == 404
    assert Passkey.objects.exists()


def test_forms_of_other_sites_change_nothing(browser: Client, app: AuthenticatorApp) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert strict.post(NEW, {"name": "x", "password": PASSWORD}).status_code == 403
    assert strict.post(NEW, {"passkey": "{}"}).status_code == 403
    assert strict.post("/oauth/security/passkeys/1/remove", {"password": PASSWORD}).status_code == 403
    assert Client().get(NEW)["Location"].startswith("/login?")
