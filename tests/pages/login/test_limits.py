"""How often a password may be tried in 5 minutes: 20 times from one address, 5 of them for one login.

Wire §6 (the browser shares its rule).
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from oauthcore import limiter
from oauthcore.models import LimitWindow, SecurityEvent
from tests.support import hashers
from tests.support.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

HOME, AWAY = "192.0.2.1", "198.51.100.7"


@pytest.fixture(autouse=True)
def watched(settings: Settings) -> list[bool]:
    """What was hashed since: passwords are stored by a hasher that tells."""
    settings.PASSWORD_HASHERS = ["tests.support.hashers.Watched"]
    hashers.hashed.clear()
    return hashers.hashed


@pytest.fixture
def ada(db: None, clock: Any) -> Any:
    person = UserFactory(username="ada")
    hashers.hashed.clear()
    return person


def try_to_log_in(login: str = "ada", password: str = "wrong", *, address: str = HOME) -> Any:
    return Client(REMOTE_ADDR=address).post("/login", {"username": login, "password": password})


def assert_too_many(response: Any, *, seconds: int) -> None:
    assert response.status_code == 429
    assert response["Retry-After"] == str(seconds)
    assert "sessionid" not in response.cookies


def test_a_login_is_tried_five_times_from_one_address(ada: Any, clock: Any, atomic_requests: bool) -> None:
    for _ in range(5):
        assert try_to_log_in().status_code == 200
        clock.shift(10)

    assert_too_many(try_to_log_in(), seconds=250)


def test_one_address_tries_twenty_times_whatever_the_login(ada: Any) -> None:
    for number in range(20):
        assert try_to_log_in(f"login{number}").status_code == 200

    assert_too_many(try_to_log_in("ada", PASSWORD), seconds=300)
    assert try_to_log_in("ada", PASSWORD, address=AWAY).status_code == 302


def test_logins_made_up_by_an_address_that_waits_leave_no_rows(ada: Any) -> None:
    for number in range(25):
        try_to_log_in(f"made-up-{number}")

    assert LimitWindow.objects.count() == 1 + 2 * 20  # each login from there, and from everywhere


def test_the_right_password_is_not_even_looked_at_meanwhile(ada: Any, watched: list[bool]) -> None:
    for _ in range(5):
        try_to_log_in()
    assert len(watched) == 5

    assert_too_many(try_to_log_in(password=PASSWORD), seconds=300)
    assert len(watched) == 5


def test_an_unknown_login_waits_as_a_known_one_does(ada: Any, watched: list[bool]) -> None:
    answers = {}
    for login in ("ada", "nobody"):
        for _ in range(5):
            try_to_log_in(login)
        answers[login] = try_to_log_in(login)

    known, unknown = answers.values()
    assert known.status_code == unknown.status_code == 429
    assert known["Retry-After"] == unknown["Retry-After"]
    assert len(watched) == 10


@pytest.mark.parametrize(
    "spellings",
    [
        ["ada", "ADA", "Ada", "aDa", "adA", "aDA"],
        ["ada", " ada", "ada ", "\u3000ada", "ada\u00a0", "  ada  "],
        ["ada", "\uff41\uff44\uff41", "\uff21\uff24\uff21", "ada\u200b", "a\u00adda", "\ufeffada"],
        ["stra\u00dfe", "strasse", "STRASSE", "\u017ftrasse", "STRA\u1e9eE", "straSSe"],
        ["caf\u00e9", "cafe\u0301", "CAF\u00c9", "CAFE\u0301", "caf\u00e9 ", "c\u200daf\u00e9"],
    ],
    ids=["case", "spaces", "width and invisible", "letters that fold", "composed or not"],
)
def test_every_spelling_of_a_login_is_the_same_login(ada: Any, spellings: list[str]) -> None:
    *within, beyond = spellings

    for spelling in within:
        assert try_to_log_in(spelling).status_code == 200

    assert_too_many(try_to_log_in(beyond), seconds=300)


@pytest.mark.parametrize("other", ["adam", "ad", "a da", "bda"])
def test_another_login_is_another_login(ada: Any, other: str) -> None:
    for _ in range(5):
        try_to_log_in()

    assert try_to_log_in(other).status_code == 200


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        (HOME, AWAY, False),
        (HOME, f"::ffff:{HOME}", True),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ],
)
def test_an_address_is_an_ipv4_address_or_an_ipv6_network(
    ada: Any, first: str, second: str, is_one: bool
) -> None:
    for _ in range(5):
        try_to_log_in(address=first)

    assert try_to_log_in(address=second).status_code == (429 if is_one else 200)


def test_a_forged_forwarding_header_makes_no_new_address(ada: Any) -> None:
    for number in range(5):
        Client(REMOTE_ADDR=HOME, HTTP_X_FORWARDED_FOR=f"10.0.0.{number}").post(
            "/login", {"username": "ada", "password": "wrong"}
        )

    assert_too_many(try_to_log_in(), seconds=300)


def test_after_the_window_the_right_password_works_again(ada: Any, clock: Any) -> None:
    for _ in range(6):
        try_to_log_in()
    clock.shift(299)
    assert_too_many(try_to_log_in(password=PASSWORD), seconds=1)

    clock.shift(1)

    assert try_to_log_in(password=PASSWORD).status_code == 302


def test_tries_during_the_block_do_not_lengthen_it(ada: Any, clock: Any) -> None:
    for _ in range(30):
        try_to_log_in()
        clock.shift(9)
    clock.shift(30)

    assert try_to_log_in(password=PASSWORD).status_code == 302


def test_a_success_gives_back_its_own_try_and_no_other(ada: Any) -> None:
    UserFactory(username="mallory")
    for _ in range(4):
        try_to_log_in()
    for _ in range(25):
        assert try_to_log_in("mallory", PASSWORD).status_code == 302

    assert try_to_log_in().status_code == 200
    assert_too_many(try_to_log_in(), seconds=300)


def test_another_process_counts_on_where_this_one_was(ada: Any) -> None:
    for _ in range(6):
        try_to_log_in()
    limiter.forget()

    assert_too_many(try_to_log_in(password=PASSWORD), seconds=300)


def test_a_password_of_a_megabyte_is_counted_and_never_hashed(ada: Any, watched: list[bool]) -> None:
    for _ in range(5):
        assert try_to_log_in(password="x" * 1025).status_code == 200

    assert watched == []
    assert_too_many(try_to_log_in(password=PASSWORD), seconds=300)


def test_a_form_that_is_not_filled_in_is_no_try(ada: Any) -> None:
    for _ in range(30):
        assert try_to_log_in("ada", "").status_code == 200
        assert try_to_log_in("", "wrong").status_code == 200

    assert try_to_log_in(password=PASSWORD).status_code == 302


def test_limits_are_settings(ada: Any, settings: Settings) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_LIMIT": (1, 60)}
    try_to_log_in()

    assert_too_many(try_to_log_in(), seconds=60)


def test_while_nobody_can_count_nobody_can_try(ada: Any, settings: Settings, watched: list[bool]) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": "redis://127.0.0.1:1/0"}

    response = try_to_log_in(password=PASSWORD)

    assert response.status_code == 503
    assert int(response["Retry-After"]) >= 1
    assert response["Content-Type"].startswith("text/html")
    assert watched == []
    assert not SecurityEvent.objects.filter(kind="signed_in").exists()


@pytest.mark.django_db(transaction=True)
def test_no_password_is_hashed_while_a_row_is_locked(watched: list[bool], atomic_requests: bool) -> None:
    UserFactory(username="ada")
    watched.clear()

    try_to_log_in()
    try_to_log_in(password=PASSWORD)

    assert watched == [False, False]
