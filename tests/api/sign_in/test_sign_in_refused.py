"""Whom ``POST /v1/auth/sign_in`` refuses, and how (wire §6)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection

from oauthcore.flows.second_factor.codes import TOTPAndRecoveryCodes
from oauthcore.models import Grant, uuids
from tests.support.factories import PASSWORD
from tests.support.sign_in.client import ODD_UUID, PHONE, Answer, AppClient
from tests.support.sign_in.people import Person, with_account, with_second_factor

pytestmark = pytest.mark.django_db


def shape(answer: Answer) -> tuple[int, bytes, set[str], str]:
    """Return all that may not differ between two refusals."""
    return answer.status, answer.body, set(answer.headers), answer.headers["WWW-Authenticate"]


def test_unknown_wrong_and_inactive_are_one_answer(person: Person) -> None:
    with_account(username="off", is_active=False)
    with_account(username="unusable").user.set_unusable_password()
    with_second_factor(username="tess")
    empty = with_account(username="empty").user
    empty.set_unusable_password()
    empty.save()
    tries = [("nobody", PASSWORD), ("nobody@home.example", PASSWORD), ("ada", "wrong"), ("off", PASSWORD)]
    tries += [
        ("off", "wrong"),
        ("empty", PASSWORD),
        ("tess", "wrong"),
        ("x" * 320, "x" * 1024),
        ("\u200b", " "),
    ]

    answers = [AppClient(login=login).sign_in(password=password) for login, password in tries]

    assert len({(*shape(one)[:2], *sorted(one.headers), shape(one)[3]) for one in answers}) == 1
    assert answers[0].refused == (401, "invalid_credentials")
    assert answers[0].json.keys() == {"error", "error_description"}
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer ")
    assert "error=" not in answers[0].headers["WWW-Authenticate"]
    assert not Grant.objects.exists()


def test_a_backend_that_lets_inactive_people_in_lets_nobody_in(person: Person, settings: Any) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.AllowAllUsersModelBackend"]
    with_account(username="off", is_active=False)

    assert AppClient(login="off").sign_in().body == AppClient().sign_in(password="wrong").body
    assert AppClient().sign_in().status == 200


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("\ufb01ne", "fine"),
        ("\u00e9t\u00e9", "e\u0301te\u0301"),
        (" spaced ", "spaced"),
        ("x" * 72 + "a", "x" * 72 + "b"),
    ],
)
def test_no_other_password_is_as_good(app: AppClient, clock: Any, stored: str, sent: str) -> None:
    with_account(username="ada", password=stored)

    assert app.sign_in(password=sent).error == "invalid_credentials"


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        ({"login": {}, "password": None, "device": None}, {"login", "password", "device"}),
        (
            {"login": "", "password": "", "device": {}},
            {"login", "password", "device.name", "device.platform"},
        ),
        ({"login": 7, "password": ["x"], "device": "phone"}, {"login", "password", "device"}),
        ({"password": "x" * 1025}, {"password"}),
        ({"password": "x" * 60_000}, {"password"}),
        ({"login": "x" * 321}, {"login"}),
        ({"device": {**PHONE, "name": "x" * 201}}, {"device.name"}),
        ({"device": {**PHONE, "name": "x" * 60_000}}, {"device.name"}),
        ({"device": {**PHONE, "name": "phone\u202egpj"}}, {"device.name"}),
        (
            {"device": {**PHONE, "platform": "i\nos", "app_version": 2, "uuid": "mine"}},
            {"device.platform", "device.app_version", "device.uuid"},
        ),
    ],
)
def test_what_is_missing_or_not_valid_is_named_and_costs_no_hash_and_no_try(
    hashed: list[bool], app: AppClient, person: Person, changes: dict[str, Any], details: set[str]
) -> None:
    hashed.clear()

    for _ in range(6):
        answer = app.sign_in(**changes)
        assert answer.refused == (400, "invalid_request")
        assert answer.json["error_details"].keys() == details

    assert hashed == []
    assert app.sign_in().status == 200


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", ""]
)
def test_nothing_but_json_is_read(app: AppClient, person: Person, content_type: str) -> None:
    body = '{"login": "ada", "password": "x", "device": {"name": "a", "platform": "b"}}'

    answer = app.call("POST", "sign_in", body, content_type=content_type)

    assert answer.refused == (415, "unsupported_media_type")
    assert answer.json["error_description"] == "Send application/json."


def test_json_may_name_its_character_set(app: AppClient, person: Person) -> None:
    assert app.call("POST", "sign_in", "{}", content_type="application/json; charset=utf-8").status == 400


class BreaksAtTheAccounts:
    """A backend whose answer about accounts does not come."""

    def accounts_of(self, user: Any) -> Any:
        raise OSError

    def is_live_user(self, user: Any) -> bool:
        return bool(user.is_active)


def test_a_site_whose_people_have_no_e_mail_address_knows_them_by_name_alone(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django calls the column ``email`` even where a user model has none."""
    monkeypatch.setattr(type(person.user), "EMAIL_FIELD", "mailbox")
    with_account(username="grace@home.example")

    assert AppClient().sign_in(person.user.email).refused == (401, "invalid_credentials")
    assert AppClient().sign_in("grace@home.example").status == 200
    assert AppClient().sign_in("ada").status == 200


class BreaksAtTheMethods(TOTPAndRecoveryCodes):
    """A second factor that cannot say whether it is on."""

    def methods_of(self, user: Any) -> Any:
        raise OSError


class BreaksAtTheCode(TOTPAndRecoveryCodes):
    """A second factor that cannot look at a code."""

    def use(self, user: Any, code: str) -> Any:
        raise OSError


@pytest.mark.parametrize(
    ("setting", "broken", "step"),
    [
        ("ACCOUNT_BACKEND", BreaksAtTheAccounts, "sign_in"),
        ("SECOND_FACTOR", BreaksAtTheMethods, "sign_in"),
        ("SECOND_FACTOR", BreaksAtTheMethods, "mfa"),
        ("SECOND_FACTOR", BreaksAtTheCode, "mfa"),
    ],
)
def test_where_anything_breaks_nobody_is_signed_in(
    settings: Any, person: Person, setting: str, broken: type, step: str
) -> None:
    tess = with_second_factor(username="tess")
    waiting = AppClient(login="tess").mfa_token()

    settings.OAUTHCORE = {**settings.OAUTHCORE, setting: f"{__name__}.{broken.__name__}"}

    app = AppClient()
    answer = app.mfa(waiting, tess.code()) if step == "mfa" else app.sign_in()

    assert answer.refused == (500, "server_error")
    assert re.search("ref_api_", answer.body.decode()) is None
    assert not Grant.objects.exists()


@pytest.mark.parametrize("is_mariadb", [connection.vendor == "mysql", True])
def test_a_uuid_of_an_app_is_kept_as_it_is_or_refused_with_how_to_make_one(
    is_mariadb: bool, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uuids, "_is_of_mariadb", lambda: is_mariadb)

    answer = AppClient(device=PHONE | {"uuid": ODD_UUID}).sign_in()

    if is_mariadb:
        assert answer.refused == (400, "invalid_request")
        assert "version 4" in answer.json["error_details"]["device.uuid"]
        assert not Grant.objects.exists()
    else:
        assert answer.json["device"]["client_uuid"] == ODD_UUID
