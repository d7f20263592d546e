"""What happens around signing in from an app leaves exactly one event each: who, about what, why, whence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oauthcore.models import Grant, SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.sign_in.totp import key_from_text
from tests.support.clock import NOON
from tests.support.factories import PASSWORD, sign_in_token
from tests.support.sign_in.client import HOME, AppClient
from tests.support.sign_in.people import Person, with_account, with_second_factor

pytestmark = pytest.mark.django_db

Kind = SecurityEvent.Kind
WRONG = "aaaa-aaaa-aaaa-aaaa"


@pytest.fixture
def ada(clock: Any) -> Person:
    return with_account(username="ada")


@pytest.fixture
def grace(clock: Any) -> Person:
    """Somebody whose second factor is on."""
    return with_second_factor(username="grace")


def told(act: Callable[[], Any]) -> tuple[Any, ...]:
    """Do something from home; return what the one event says that it left."""
    events.refusals.flush()
    before = set(SecurityEvent.objects.values_list("pk", flat=True))
    answer = act()
    events.refusals.flush()
    [event] = SecurityEvent.objects.exclude(pk__in=before)
    assert (event.at, event.count, event.address) == (NOON, 1, HOME)
    assert event.request_id == answer.headers["Request-Id"]
    return event.kind, event.user_ref, event.person_ref, event.grant_uuid, event.reason


def ref(person: Person) -> str:
    return str(person.user.pk)


def waiting(person: Person) -> str:
    """Show the password; return the mfa_token."""
    token: str = AppClient(login=person.user.username).sign_in().json["mfa_token"]
    return token


def test_signing_in_on_a_device(ada):
    found = told(AppClient().sign_in)

    assert found == (Kind.DEVICE_SIGNED_IN, ref(ada), "", Grant.objects.get().uuid, "Ada's phone")


def test_a_wrong_password_names_whose_login_it_was(ada):
    found = told(lambda: AppClient().sign_in(password="guessed"))

    assert found[:3] == (Kind.SIGN_IN_REFUSED, ref(ada), "")


def test_a_wrong_code_names_whose_it_was(grace):
    token = waiting(grace)

    found = told(lambda: AppClient().mfa(token, grace.wrong_code()))

    why = "invalid_mfa_code: the code is wrong, or was used before"
    assert found == (Kind.SIGN_IN_REFUSED, ref(grace), "", None, why)


def test_the_last_code_too_many_pauses_the_factor_in_one_event(grace, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR_LIMIT": (3, 3600)}
    token = waiting(grace)
    for _ in range(3):
        AppClient().mfa(token, WRONG)
    events.refusals.flush()

    AppClient().mfa(token, WRONG)
    AppClient().mfa(token, WRONG)

    [event] = SecurityEvent.objects.filter(kind=Kind.SECOND_FACTOR_PAUSED)
    assert (event.user_ref, event.reason) == (ref(grace), "too many wrong recovery codes: 3600 seconds")


def test_switching_the_factor_on_and_off(ada):
    bearer = sign_in_token(ada.user, ada.account.uuid)
    app = AppClient()
    secret = app.call("POST", "mfa/totp", {"password": PASSWORD}, bearer=bearer).json["secret"]
    ada.key = key_from_text(secret)

    on = told(lambda: app.call("POST", "mfa/totp/confirm", {"code": ada.code()}, bearer=bearer))
    assert on == (Kind.SECOND_FACTOR_ON, ref(ada), "", None, "totp")

    proof = {"password": PASSWORD, "code": ada.code(steps=1)}
    off = told(lambda: app.call("DELETE", "mfa/totp", proof, bearer=bearer))
    assert off == (Kind.SECOND_FACTOR_OFF, ref(ada), "", None, "by the person")


def test_renewing_recovery_codes(grace):
    bearer = sign_in_token(grace.user, grace.account.uuid)
    proof = {"password": PASSWORD, "code": grace.code()}

    found = told(lambda: AppClient().call("POST", "mfa/recovery_codes", proof, bearer=bearer))

    assert found == (Kind.RECOVERY_CODES_MADE, ref(grace), "", None, "")


def test_using_a_recovery_code_is_an_event_beside_the_sign_in(grace):
    token = waiting(grace)

    AppClient().mfa(token, grace.recovery_codes[0])

    found = SecurityEvent.objects.order_by("pk").values_list("kind", "user_ref", "reason")
    assert list(found) == [
        (Kind.RECOVERY_CODE_USED, ref(grace), ""),
        (Kind.DEVICE_SIGNED_IN, ref(grace), "Ada's phone"),
    ]
