"""How often passwords may be tried: per address, and per login from one address (wire §6).

The login page: ``tests/pages/login/test_limits.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from oauthcore import limiter
from oauthcore.flows.passwords import password_tries
from oauthcore.models import Grant, LimitWindow
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import AWAY, HOME, AppClient
from tests.support.sign_in.guessing import REFUSED, THROTTLED, guess, log_in
from tests.support.sign_in.people import Person, with_account, with_second_factor

pytestmark = pytest.mark.django_db


def test_one_login_is_tried_five_times_from_one_address(person: Person, clock: Any) -> None:
    for _ in range(5):
        assert guess().refused == REFUSED
        clock.shift(10)

    answer = guess()

    assert (answer.refused, answer.retry_after) == (THROTTLED, "250")
    assert answer.json.keys() == {"error", "error_description"}
    assert AppClient(address=AWAY).sign_in().status == 200


def test_one_address_tries_twenty_times_whatever_the_login(person: Person) -> None:
    for number in range(20):
        assert guess(f"login{number}").refused == REFUSED

    assert (AppClient().sign_in().refused, guess("ada").retry_after) == (THROTTLED, "300")


def test_the_right_password_is_not_looked_at_meanwhile(
    hashed: list[bool], app: AppClient, person: Person
) -> None:
    hashed.clear()
    guess(times=5)
    assert len(hashed) == 5

    assert app.sign_in().refused == THROTTLED

    assert len(hashed) == 5
    assert not Grant.objects.exists()


def test_known_unknown_and_inactive_logins_wait_alike(hashed: list[bool], person: Person) -> None:
    with_account(username="off", is_active=False)
    with_second_factor(username="tess")
    hashed.clear()
    logins = ("ada", "nobody", "off", "tess", "no@body.example")
    answers = [guess(login, address=f"192.0.2.{at}", times=6) for at, login in enumerate(logins)]

    assert {(one.status, one.body, one.retry_after, *sorted(one.headers)) for one in answers} == {
        (429, answers[0].body, "300", *sorted(answers[0].headers))
    }
    assert len(hashed) == 5 * len(logins)


@pytest.mark.parametrize("moment", [0, 0.4, 299, 299.6])
def test_there_is_always_a_whole_second_to_wait(person: Person, clock: Any, moment: float) -> None:
    guess(times=5)
    clock.shift(moment)
    for is_remembered in (True, False):
        if not is_remembered:
            limiter.forget()
        for _ in range(3):
            waits = guess().retry_after or ""
            assert 1 <= int(waits) <= 300
    clock.shift(int(waits))

    assert AppClient().sign_in().status == 200


@pytest.mark.parametrize(
    ("username", "spellings"),
    [
        ("alice", ["alice", "ALICE", "\uff41\uff4c\uff49\uff43\uff45", " alice ", "alice\u200b"]),
        ("Alice", ["Alice", "alice", "ALICE", "alice@home.example", "ALICE@HOME.EXAMPLE"]),
        (
            "alice",
            ["alice@home.example", "Alice@home.example", " alice@home.example", "alice", "\u200balice"],
        ),
        ("stra\u00dfe", ["stra\u00dfe", "strasse", "\u017ftrasse", "STRASSE", "Alice@Home.Example"]),
        (
            "nobody-we-know",
            ["bob@x.example", "BOB@x.example", " bob@X.example", "\uff42ob@x.example", "bob@x\u200b.example"],
        ),
    ],
    ids=[
        "spellings",
        "a username with a capital",
        "username and e-mail",
        "letters that fold",
        "an unknown e-mail",
    ],
)
def test_every_spelling_of_one_person_is_one_login(clock: Any, username: str, spellings: list[str]) -> None:
    with_account(username=username, email="Alice@home.example")

    for spelling in spellings:
        assert guess(spelling).refused == REFUSED

    assert {guess(spelling).refused for spelling in spellings} == {THROTTLED}


def test_an_ipv6_address_is_its_64_network(person: Person) -> None:
    for host in range(5):
        assert guess(address=f"2001:db8:0:1:{host}::1").refused == REFUSED

    assert guess(address="2001:db8:0:1:ffff::2").refused == THROTTLED
    assert guess(address="2001:db8:0:2::1").refused == REFUSED
    guess(address="::ffff:192.0.2.1", times=5)
    assert guess(address=HOME).refused == THROTTLED


def test_a_forwarding_header_makes_no_other_address(person: Person) -> None:
    for number in range(5):
        guess(**{"x-forwarded-for": f"10.0.0.{number}", "forwarded": f"for=10.0.0.{number}"})

    assert guess(**{"x-forwarded-for": AWAY}).refused == THROTTLED


def test_behind_a_trusted_proxy_its_word_counts_and_the_clients_does_not(
    settings: Any, person: Person
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "TRUSTED_PROXIES": ["10.0.0.0/8"]}
    for number in range(5):
        # What the client made up stands on the left; the proxy adds whom it saw.
        assert (
            guess(address="10.1.1.1", **{"x-forwarded-for": f"198.51.100.{number}, {HOME}"}).refused
            == REFUSED
        )

    assert guess(address="10.2.2.2", **{"x-forwarded-for": HOME}).refused == THROTTLED
    assert guess(address="10.1.1.1", **{"x-forwarded-for": AWAY}).refused == REFUSED


def test_login_page_app_and_whatever_asks_again_share_their_counts(person: Person) -> None:
    access_token = AppClient(address=AWAY).access_token()
    app = AppClient()
    log_in()
    guess(times=2)
    assert app.begin_totp(access_token, "wrong").refused == REFUSED
    assert app.begin_totp(access_token).status == 200
    assert app.recovery_codes(access_token, "123456", "wrong").refused == REFUSED

    for answer in (guess(), app.begin_totp(access_token), app.end_totp(access_token, "123456")):
        assert answer.refused == THROTTLED
    assert log_in(password=PASSWORD).status_code == 429
    assert guess("nobody").refused == REFUSED


def test_codes_count_as_tries_of_their_address_wherever_they_are_asked_for(
    person_with_totp: Person, client: Any
) -> None:
    tess = AppClient(login="tess", address=AWAY)
    mfa_token = tess.mfa_token()
    home = AppClient(login="tess")
    for number in range(18):
        guess(f"login{number}")
    home.mfa(mfa_token, person_with_totp.wrong_code())
    browser = Client(REMOTE_ADDR=HOME)
    assert browser.post("/login", {"username": "tess", "password": PASSWORD}).status_code == 303

    assert browser.post("/oauth/second-step", {"code": person_with_totp.code()}).status_code == 429
    assert home.mfa(mfa_token, person_with_totp.code()).refused == THROTTLED
    assert log_in("nobody").status_code == 429
    assert tess.mfa(mfa_token, person_with_totp.code()).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/auth/sign_in/",
        "//v1/auth/sign_in",
        "/v1//auth/sign_in",
        "/v1/auth/sign_in;x",
        "/v1/auth/./sign_in",
        "/V1/auth/sign_in",
        "/v1/auth/sign%5Fin",
        "/v1/auth/%73ign_in",
        "/v1/auth/sign_in%2e",
        "/v1/auth/sign_in%00",
    ],
)
def test_another_way_to_write_the_address_is_another_address_or_the_same_limit(
    person: Person, path: str
) -> None:
    client = Client(REMOTE_ADDR=HOME)
    members = {"login": "ada", "password": "wrong", "device": {"name": "a", "platform": "b"}}
    statuses = [client.post(path, members, content_type="application/json").status_code for _ in range(6)]

    assert statuses in ([404] * 6, [401] * 5 + [429])


def test_logins_made_up_by_an_address_that_waits_leave_no_rows(db: None, clock: Any) -> None:
    for number in range(30):
        guess(f"made-up-{number}")

    assert LimitWindow.objects.count() == 1 + 2 * 20


def test_strangers_are_counted_where_a_full_window_ends_in_that_moment(
    settings: Any, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_STRANGER_LIMIT": (2, 70)}
    for number in range(2):
        assert guess(address=f"203.0.113.{number}").refused == REFUSED
    monkeypatch.setattr(password_tries, "seconds_full", lambda *_: 1)

    assert guess(address=AWAY).refused == THROTTLED


def test_limits_are_settings(settings: Any, person: Person) -> None:
    few = {"LOGIN_ADDRESS_LIMIT": (4, 50), "LOGIN_LIMIT": (2, 60), "LOGIN_STRANGER_LIMIT": (3, 70)}
    settings.OAUTHCORE = {**settings.OAUTHCORE, **few}

    assert guess(times=3).retry_after == "60"
    guess("nobody")
    assert guess("nobody").retry_after == "50"
    assert guess(address=AWAY).refused == REFUSED
    assert guess(address="203.0.113.1").retry_after == "70"


def test_while_nobody_can_count_nobody_can_try(
    settings: Any, hashed: list[bool], app: AppClient, person: Person
) -> None:
    hashed.clear()
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": "redis://127.0.0.1:1/0"}

    answer = app.sign_in()

    assert answer.refused == (503, "temporarily_unavailable")
    assert int(answer.retry_after or 0) >= 1
    assert hashed == []
