"""Every request of signing in, ready to be sent, and sent again after it has failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oauthcore.models import Grant, TOTPFactor
from oauthcore.rules.sign_in import totp as totp_rules
from tests.support.attempts import rows
from tests.support.factories import sign_in_token
from tests.support.oauth import is_live
from tests.support.sign_in.client import Answer, AppClient
from tests.support.sign_in.people import Person, with_account, with_second_factor


@dataclass
class Attempt:
    """A request that can be sent again, what is true once it has succeeded, and what it inserts last."""

    send: Callable[[], Answer]
    succeeded: Callable[[Answer], bool] = lambda answer: answer.status == 200
    inserts_into: str = "oauthcore_securityevent"


def all_but_tries() -> dict[str, Any]:
    """Return every row of oauthcore but the counted tries: those stay counted whatever comes of them."""
    return {name: found for name, found in rows().items() if name != "LimitWindow"}


def _bearer(person: Person) -> str:
    return sign_in_token(person.user, person.account.pk)


def _app(person: Person) -> AppClient:
    return AppClient(login=person.user.username)


def sign_in() -> Attempt:
    return Attempt(_app(with_account()).sign_in, inserts_into="oauthcore_grant")


def first_step() -> Attempt:
    """For the second time on the device, so that there is a challenge whose place is taken."""
    app = _app(with_second_factor())
    app.sign_in()
    return Attempt(
        app.sign_in, lambda answer: bool(answer.json.get("mfa_token")), inserts_into="oauthcore_mfachallenge"
    )


def second_step() -> Attempt:
    tess = with_second_factor()
    token = _app(tess).mfa_token()
    return Attempt(lambda: _app(tess).mfa(token, tess.code()), inserts_into="oauthcore_token")


def second_step_with_recovery_code() -> Attempt:
    tess = with_second_factor()
    token = _app(tess).mfa_token()
    return Attempt(lambda: _app(tess).mfa(token, tess.recovery_codes[0]))


def token() -> Attempt:
    ada = with_account()
    refresh_token = _app(ada).sign_in().json["refresh_token"]
    return Attempt(lambda: _app(ada).token(refresh_token, ada.account.pk), inserts_into="oauthcore_token")


def replay() -> Attempt:
    ada = with_account()
    refresh_token = _app(ada).sign_in().json["refresh_token"]
    access_token = _app(ada).token(refresh_token, ada.account.pk).json["access_token"]
    return Attempt(
        lambda: _app(ada).token(refresh_token, ada.account.pk),
        lambda answer: answer.error == "refresh_token_reused" and not is_live(access_token),
    )


def sign_out() -> Attempt:
    app = _app(with_account())
    signed_in = app.sign_in()
    access_token = app.access_token(signed_in)
    return Attempt(
        lambda: app.sign_out(signed_in.json["refresh_token"]),
        lambda answer: answer.status == 200 and not is_live(access_token),
    )


def sign_out_with_access_token() -> Attempt:
    app = _app(with_account())
    access_token = app.access_token()
    return Attempt(
        lambda: app.sign_out(bearer=access_token),
        lambda answer: answer.status == 200 and not is_live(access_token),
    )


def end_other_devices() -> Attempt:
    ada = with_account()
    mine, others = _bearer(ada), [_bearer(ada) for _ in range(2)]
    return Attempt(
        lambda: _app(ada).end_other_devices(mine),
        lambda answer: answer.status == 204 and is_live(mine) and not any(map(is_live, others)),
    )


def end_device() -> Attempt:
    ada = with_account()
    mine, other = _bearer(ada), _bearer(ada)
    uuid = Grant.objects.latest("pk").uuid
    return Attempt(
        lambda: _app(ada).end_device(mine, uuid), lambda answer: answer.status == 204 and not is_live(other)
    )


def begin_totp() -> Attempt:
    ada = with_account()
    bearer = _bearer(ada)
    return Attempt(lambda: _app(ada).begin_totp(bearer), inserts_into="oauthcore_totpfactor")


def confirm_totp() -> Attempt:
    ada = with_account()
    bearer = _bearer(ada)
    ada.key = totp_rules.key_from_text(_app(ada).begin_totp(bearer).json["secret"])
    return Attempt(
        lambda: _app(ada).confirm_totp(bearer, ada.code()),
        lambda answer: len(answer.json["recovery_codes"]) == 10,
        inserts_into="oauthcore_recoverycode",
    )


def renew_recovery_codes() -> Attempt:
    """Proved with one of the codes that are replaced: it is there again where they are not."""
    tess = with_second_factor()
    bearer = _bearer(tess)
    return Attempt(
        lambda: _app(tess).recovery_codes(bearer, tess.recovery_codes[0]),
        lambda answer: len(answer.json["recovery_codes"]) == 10,
        inserts_into="oauthcore_recoverycode",
    )


def switch_off() -> Attempt:
    tess = with_second_factor()
    bearer = _bearer(tess)
    _app(tess).mfa_token()
    return Attempt(
        lambda: _app(tess).end_totp(bearer, tess.code()),
        lambda answer: answer.status == 204 and TOTPFactor.of(tess.user) is None,
    )


def wrong_password() -> Attempt:
    app = _app(with_account())
    return Attempt(
        lambda: app.sign_in(password="wrong"),
        lambda answer: answer.error == "invalid_credentials",
        inserts_into="",
    )


def wrong_code() -> Attempt:
    tess = with_second_factor()
    token = _app(tess).mfa_token()
    return Attempt(
        lambda: _app(tess).mfa(token, tess.wrong_code()),
        lambda answer: answer.error == "invalid_mfa_code",
        inserts_into="",
    )


REQUESTS = [
    *(sign_in, first_step, second_step, second_step_with_recovery_code, token, replay),
    *(sign_out, sign_out_with_access_token, end_other_devices, end_device),
    *(begin_totp, confirm_totp, renew_recovery_codes, switch_off, wrong_password, wrong_code),
]
