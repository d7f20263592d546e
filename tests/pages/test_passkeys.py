"""The pages about passkeys, and the button on the second step: what people read and can do there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from oauthcore import webauthn
from oauthcore.models import MFAChallenge, Passkey, SecurityEvent, TOTPFactor
from oauthcore.rules import totp
from tests.authenticator import SecurityKey
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "/oauth/security/passkeys/new"
SECURITY = "/oauth/security/"
STEP = "/oauth/second-step"


@pytest.fixture
def ada(db: None, clock: Any) -> Any:
    return UserFactory(username="ada")


@pytest.fixture
def seed(ada: Any, browser: Client) -> bytes:
    """Her second factor is on from here."""
    return switch_on(ada)


@pytest.fixture
def browser(ada: Any) -> Client:
    """A browser in which ada is logged in, before her factor was switched on."""
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def key() -> SecurityKey:
    return SecurityKey()


def switch_on(user: Any) -> bytes:
    seed = TOTPFactor.prepare(user, now=timezone.now(), using="default")
    TOTPFactor.objects.filter(user=user).update(confirmed_at=timezone.now())
    return seed or b""


def change_password(user: Any, password: str) -> None:
    user.set_password(password)
    user.save()


def add(browser: Client, key: SecurityKey, name: str = "Key ring") -> Any:
    begun = browser.post(NEW, {"name": name, "password": PASSWORD})
    return browser.post(NEW, {"passkey": key.register(json.loads(begun.context["options"]))})


def at_second_step() -> tuple[Client, Any]:
    """Return a browser in which ada has shown her password, and the options for her passkey."""
    client = Client()
    client.post("/login", {"username": "ada", "password": PASSWORD})
    return client, options_of(client.get(STEP))


def options_of(page: Any) -> Any:
    return json.loads(page.context["passkey_options"])


def test_a_passkey_is_added_listed_used_and_removed(browser: Client, seed: bytes, key: SecurityKey) -> None:
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
    assert "This is not your password." in wrong.content.decode()
    assert client.post(remove, {"password": PASSWORD}).status_code == 303
    assert client.post(remove, {"password": PASSWORD}).status_code == 404
    assert "Key ring" not in client.get(SECURITY).content.decode()
    kinds = SecurityEvent.objects.filter(kind__startswith="passkey").values_list("kind", flat=True)
    assert list(kinds) == ["passkey_added", "passkey_removed"]


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(browser: Client, seed: bytes) -> None:
    name = browser.post(NEW, {"name": "two\nlines", "password": PASSWORD})
    assert name.status_code == 400
    assert "Give it a name" in name.context["name_problem"]

    password = browser.post(NEW, {"name": "<b>Key</b>", "password": "wrong"})
    assert password.status_code == 400
    assert password.context["password_problem"] == "This is not your password."
    assert 'value="&lt;b&gt;Key&lt;/b&gt;"' in password.content.decode()


def test_too_many_passwords_are_a_429_with_the_time_to_wait(
    browser: Client, seed: bytes, key: SecurityKey
) -> None:
    add(browser, key)
    paths = [NEW, f"/oauth/security/passkeys/{Passkey.objects.get().pk}/remove"]
    for _ in range(4):
        browser.post(NEW, {"name": "x", "password": "wrong"})

    for path in paths:
        answer = browser.post(path, {"name": "x", "password": PASSWORD})
        assert (answer.status_code, answer["Retry-After"]) == (429, "300")
        assert "Wait" in answer.context["problem"]


def test_a_new_passkey_is_answered_once_and_in_the_session_that_asked(
    browser: Client, seed: bytes, key: SecurityKey, clock: Any
) -> None:
    begun = browser.post(NEW, {"name": "Key ring", "password": PASSWORD})
    options = json.loads(begun.context["options"])
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
    assert add(browser, key).context["problem"] == "This passkey has been added before."


def test_the_pages_say_why_there_can_be_none(
    browser: Client, seed: bytes, key: SecurityKey, settings: Any
) -> None:
    add(browser, key)
    for values, words in (
        ({"ISSUER": "http://127.0.0.1:8000"}, "belong to a domain name"),
        ({"ISSUER": "http://id.example.org"}, "over https only"),
        ({"PASSKEYS_PER_USER": 1}, "as many passkeys as one person may have"),
    ):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "ISSUER": "https://testserver", **values}
        for page in (browser.get(SECURITY), browser.get(NEW), browser.post(NEW, {"name": "x"})):
            assert words in page.content.decode()
        assert NEW not in browser.get(SECURITY).content.decode()


def test_without_the_extra_or_the_factor_codes_alone_are_asked_for(
    browser: Client, seed: bytes, key: SecurityKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(browser, key)
    monkeypatch.setattr(webauthn, "find_spec", lambda name: None)
    assert "not been set up for passkeys" in browser.get(NEW).content.decode()
    client = Client()
    client.post("/login", {"username": "ada", "password": PASSWORD})
    assert client.get(STEP).context["passkey_options"] == ""
    monkeypatch.undo()

    TOTPFactor.objects.all().delete()
    assert "Switch your second factor on first" in browser.get(NEW).content.decode()


def test_the_passkey_of_somebody_else_is_not_there(browser: Client, seed: bytes, key: SecurityKey) -> None:
    add(browser, key)
    eve = Client()
    eve.force_login(UserFactory(username="eve"))

    for number in (Passkey.objects.get().pk, 9_999_999_999_999_999_999_999):
        path = f"/oauth/security/passkeys/{number}/remove"
        assert eve.get(path).status_code == eve.post(path, {"password": PASSWORD}).status_code == 404
    assert Passkey.objects.exists()


def test_a_wrong_passkey_is_refused_and_the_next_one_has_another_challenge(
    browser: Client, seed: bytes, key: SecurityKey
) -> None:
    add(browser, key)
    client, options = at_second_step()

    refused = client.post(STEP, {"passkey": key.sign(options, origin="https://evil.example")})
    assert "This passkey was not accepted. Try again, or type a code." in refused.content.decode()
    assert options_of(refused)["challenge"] != options["challenge"]
    again = client.post(STEP, {"passkey": key.sign(options)})
    assert again.context["passkey_problem"]
    assert client.post(STEP, {"passkey": key.sign(options_of(again))}).status_code == 303


def test_a_code_still_logs_in_whoever_has_a_passkey(browser: Client, seed: bytes, key: SecurityKey) -> None:
    add(browser, key)
    client, _ = at_second_step()

    code = totp.code_at(seed, int(timezone.now().timestamp()) // totp.STEP)
    assert client.post(STEP, {"passkey": "", "code": code}).status_code == 303
    assert get_user(client).username == "ada"


def test_what_was_signed_logs_in_one_browser_once(browser: Client, seed: bytes, key: SecurityKey) -> None:
    add(browser, key)
    (one, options), (other, _) = at_second_step(), at_second_step()
    text = key.sign(options)

    assert other.post(STEP, {"passkey": text}).status_code == 200
    assert one.post(STEP, {"passkey": text}).status_code == 303
    assert get_user(other).is_anonymous


def test_the_second_step_is_over_when_the_factor_or_the_password_is_another(
    browser: Client, seed: bytes, key: SecurityKey, clock: Any, ada: Any
) -> None:
    add(browser, key)
    for change in (
        lambda: clock.shift(300),
        lambda: change_password(ada, "another walk by the sea"),
        lambda: MFAChallenge.end_all_of(ada, using="default"),
        lambda: TOTPFactor.objects.all().delete(),
    ):
        client, options = at_second_step()
        change()
        answer = client.post(STEP, {"passkey": key.sign(options)})
        assert answer.context["is_over"]
        assert get_user(client).is_anonymous
        change_password(ada, PASSWORD)


def test_a_flood_of_wrong_passkeys_is_stopped(browser: Client, seed: bytes, key: SecurityKey) -> None:
    add(browser, key)
    client, _ = at_second_step()
    hostile = ["{}", "[" * 50_000, '{"rawId": 1e400}', "\x00", "x" * 100_000]

    answers = [client.post(STEP, {"passkey": text}) for text in hostile]

    assert [one.status_code for one in answers] == [200] * 5
    assert [one.context["is_over"] for one in answers] == [False] * 4 + [True]


def test_forms_of_other_sites_change_nothing(browser: Client, seed: bytes) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies

    assert strict.post(NEW, {"name": "x", "password": PASSWORD}).status_code == 403
    assert strict.post(NEW, {"passkey": "{}"}).status_code == 403
    assert strict.post("/oauth/security/passkeys/1/remove", {"password": PASSWORD}).status_code == 403
    assert Client().get(NEW)["Location"].startswith("/login?")
