"""What adding and removing a passkey take: the password, and for a new one a code as well."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.flows.second_factor import passkeys
from oauthcore.models import TOTPFactor
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.sign_in import InvalidCredentials, InvalidMFACode
from oauthcore.rules.sign_in.passkeys import Problem
from oauthcore.rules.text.hidden_text import HiddenText
from tests.support.factories import UserFactory
from tests.support.pages.authenticator_app import AuthenticatorApp, new_recovery_code
from tests.support.passkeys.owners import Person, events, refused

pytestmark = pytest.mark.django_db


def app_of(person: Person) -> AuthenticatorApp:
    factor = TOTPFactor.of(person.user)
    assert factor is not None
    return AuthenticatorApp(factor.key())


def test_adding_takes_the_password_a_name_and_a_factor_that_is_on(ada: Person) -> None:
    for wrong in ("", "wrong"):
        with pytest.raises(InvalidCredentials):
            ada.begin(password=wrong)
    refused(lambda: ada.begin(name=" "), Problem.NAME)

    plain = Person(UserFactory())
    refused(plain.begin, Problem.FACTOR_OFF)


def test_adding_takes_a_code_which_is_used_up(ada: Person, clock: Any) -> None:
    app, paper = app_of(ada), new_recovery_code(ada.user)
    for wrong in ("", "x" * 65, app.wrong_code()):
        with pytest.raises(InvalidMFACode):
            ada.begin(code=wrong)

    for right in (app.code(), paper):
        ada.begin(code=right)
        with pytest.raises(InvalidMFACode):
            ada.begin(code=right)
    assert len(events("recovery_code_used")) == 1


def test_a_code_beside_a_wrong_password_or_name_stays_good(ada: Person) -> None:
    code = app_of(ada).code()
    with pytest.raises(InvalidCredentials):
        ada.begin(password="wrong", code=code)
    refused(lambda: ada.begin(name=" ", code=code), Problem.NAME)

    ada.begin(code=code)


def test_codes_tried_here_count_like_those_at_the_login(ada: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (2, 3600)}
    ada.add()
    for _ in range(2):
        ada.begin()
        with pytest.raises(InvalidMFACode):
            ada.begin(code=app_of(ada).wrong_code())

    with pytest.raises(Throttled):
        ada.begin(code=app_of(ada).code())
    assert ada.log_in(), "a passkey is a kind of its own"
    assert len(events("second_factor_paused")) == 1


def test_passwords_tried_here_count_like_those_at_the_login(ada: Person, settings: Any) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LOGIN_LIMIT": (2, 300)}
    for _ in range(2):
        with pytest.raises(InvalidCredentials):
            ada.begin(password=HiddenText("wrong"))

    with pytest.raises(Throttled):
        ada.begin()


def test_removing_takes_the_password(ada: Person) -> None:
    passkey = ada.add()

    with pytest.raises(InvalidCredentials):
        passkeys.remove(ada.user, passkey, password=HiddenText("wrong"))

    assert passkeys.passkeys_of(ada.user) == [passkey]
