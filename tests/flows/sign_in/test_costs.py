"""What signing in costs, and that it costs the same whoever the login belongs to.

Statements and hashes are counted here, which is exact; ``python -m benchmarks.sign_in_times`` compares times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from tests.support import hashers
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import Answer, AppClient
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.statements import statements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: PostgreSQL counts all tries of a request in one statement.
COUNTS_AT_ONCE = connection.vendor == "postgresql"
TODAYS, OLDER = "tests.support.hashers.Watched", "tests.support.hashers.OfLastYear"


@pytest.fixture(autouse=True)
def many_tries_from_here(settings: Any) -> None:
    settings.OAUTHCORE = settings.OAUTHCORE | {
        "LOGIN_ADDRESS_LIMIT": (1000, 300),
        "LOGIN_LIMIT": (10, 300),
    }
    settings.PASSWORD_HASHERS = [TODAYS, OLDER]


def stored_as(encoded: str) -> str:
    """Return the username of somebody whose password is stored so."""
    user = with_account().user
    user.password = encoded
    user.save()
    return str(user.username)


def shared_address() -> str:
    """Return an e-mail address that two people have."""
    first, _ = (with_account(email="we@people.example").user for _ in range(2))
    return str(first.email)


#: Logins that are refused, by what is the matter; those of each list have one form.
NAMES = {
    "unknown": lambda: "nobody",
    "wrong password": lambda: with_account().user.username,
    "inactive": lambda: with_account(is_active=False).user.username,
    "no password": lambda: stored_as(make_password(None)),
    "password of a hasher that is gone": lambda: stored_as("gone$1$salt$digest"),
    "password of an older hasher": lambda: stored_as(make_password(PASSWORD, hasher="pbkdf2_sha256")),
    "second factor": lambda: with_second_factor().user.username,
}
ADDRESSES = {
    "unknown": lambda: "nobody@people.example",
    "wrong password": lambda: with_account().user.email,
    "wrong password, an address as name": lambda: with_account(username="a@b.example").user.username,
    "inactive": lambda: with_account(is_active=False).user.email,
    "second factor": lambda: with_second_factor().user.email,
    "of several people": shared_address,
}


def tried_in_app(login: str) -> tuple[int, int]:
    """Return how many statements a wrong password takes, and how many hashes of today's hasher."""
    hashers.hashed.clear()
    with statements() as run:
        assert AppClient().sign_in(login, "wrong").refused == (401, "invalid_credentials")
    return len(run), len(hashers.hashed)


def tried_on_page(login: str) -> tuple[int, int]:
    hashers.hashed.clear()
    with statements() as run:
        assert Client().post("/login", {"username": login, "password": "wrong"}).status_code == 200
    return len(run), len(hashers.hashed)


@pytest.mark.parametrize("tried", [tried_in_app, tried_on_page])
@pytest.mark.parametrize("logins", [NAMES, ADDRESSES], ids=["names", "addresses"])
def test_a_wrong_password_costs_the_same_whoever_the_login_belongs_to(logins, tried):
    tried("somebody else")  # the address is counted from here on

    costs = {what: tried(login()) for what, login in logins.items()}

    assert set(costs.values()) == {costs["unknown"]}, costs
    assert costs["unknown"][1] == 1


def test_an_older_hasher_in_use_costs_every_refused_login_the_same():
    """Nobody tells from the time who has not logged in for long, whichever hasher is the slower one."""
    older = NAMES["password of an older hasher"]()
    tried_in_app(older)  # the process knows it from here on

    costs = {what: hashes(login()) for what, login in (NAMES | ADDRESSES).items()}

    assert set(costs.values()) == {(1, 1)}, costs
    assert AppClient().sign_in(older).status == 200
    hashers.hashed_by_older.clear()
    assert AppClient().sign_in(older).status == 200
    assert hashers.hashed_by_older == [], "a right password costs its own hasher"


def hashes(login: str) -> tuple[int, int]:
    """Return how many hashes of today's hasher and of the older one a wrong password costs."""
    hashers.hashed_by_older.clear()
    _, todays = tried_in_app(login)
    return todays, len(hashers.hashed_by_older)


@pytest.mark.parametrize("login", ["nobody", "known"])
def test_one_try_too_many_costs_no_hash_and_few_statements(login):
    known = with_account().user.username
    app = AppClient(login=known if login == "known" else "nobody")
    for _ in range(11):
        app.sign_in(password="wrong")
    hashers.hashed.clear()

    with statements() as run:
        assert app.sign_in().refused == (429, "throttled")

    assert hashers.hashed == []
    assert len(run) == (2 if COUNTS_AT_ONCE else 3), run


@pytest.mark.parametrize("where", ["app", "page"])
def test_an_address_that_is_known_to_be_full_costs_no_statement_whatever_the_login(where, settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"LOGIN_ADDRESS_LIMIT": (20, 300)}
    logins = [with_account().user.username, "nobody", "nobody@example.org"]

    def send(login: str) -> int:
        if where == "app":
            return AppClient(login=login).sign_in().status
        return Client().post("/login", {"username": login, "password": "wrong"}).status_code

    for number in range(22):
        send(f"somebody {number}")

    with statements() as run:
        assert [send(login) for login in logins] == [429] * 3

    assert run == []


def test_where_somebody_has_signed_in_before_a_wrong_password_costs_no_less():
    ada, grace = with_account().user.username, with_account().user.username
    for _ in range(2):  # what counts them is there from here on
        assert AppClient().sign_in(ada).status == 200
        AppClient().sign_in(grace, "wrong")

    assert tried_in_app(ada) == tried_in_app(grace)


def costs(act: Callable[[], Answer]) -> tuple[int, int]:
    """Return how many statements count tries and know addresses, and how many there are besides."""
    with statements() as run:
        assert act().status == 200
    limits = sum("oauthcore_limitwindow" in sql or "oauthcore_knownaddress" in sql for sql in run)
    return limits, len(run) - limits


def test_signing_in_costs_nine_statements_with_postgresql_and_with_a_second_factor_eight_and_thirteen():
    ada, tess = with_account(), with_second_factor()
    app, tess_app = AppClient(login=ada.user.username), AppClient(login=tess.user.username)
    for _ in range(2):
        app.sign_in()
        tess_app.mfa(tess_app.mfa_token(), tess.recovery_codes.pop())

    for _ in range(2):  # and no more from one session to the next
        assert costs(app.sign_in) == ((4, 5) if COUNTS_AT_ONCE else (8, 9))
        assert costs(tess_app.sign_in) == ((3, 5) if COUNTS_AT_ONCE else (6, 5))
        token, code = tess_app.mfa_token(), tess.recovery_codes.pop()
        with_code = (6, 9) if COUNTS_AT_ONCE else (10, 13)
        assert costs(lambda token=token, code=code: tess_app.mfa(token, code)) == with_code
    token, with_code = tess_app.mfa_token(), (5, 8) if COUNTS_AT_ONCE else (9, 12)
    assert costs(lambda: tess_app.mfa(token, tess.code())) == with_code, "a recovery code leaves an event"


def test_signing_in_for_the_first_time_costs_no_more_with_postgresql():
    app = AppClient(login=with_account().user.username)

    with statements() as run:
        assert app.sign_in().status == 200

    assert len(run) == (9 if COUNTS_AT_ONCE else 8 + 9 + 2), run


def test_a_wrong_code_costs_five_statements_besides_counting():
    tess = with_second_factor()
    app = AppClient(login=tess.user.username)
    token = app.mfa_token()
    app.mfa(token, tess.wrong_code())

    with statements() as run:
        assert app.mfa(token, tess.wrong_code()).error == "invalid_mfa_code"

    assert len(run) == (2 if COUNTS_AT_ONCE else 4) + 4, run


def test_logging_in_on_the_page_costs_eight_statements_besides_counting():
    ada = with_account().user.username
    for _ in range(3):
        with statements() as run:
            Client().post("/login", {"username": ada, "password": PASSWORD})

    assert len(run) == (4 if COUNTS_AT_ONCE else 7) + 8, run
