"""What comes of whoever signs in second by a moment, as in ``tests/flows/tokens/test_lost_races.py``.

The races themselves are in ``tests/races``; here the other one always wins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from oauthcore.models import Device, MFAChallenge, RecoveryCode, TOTPFactor
from oauthcore.rules.sign_in import totp
from tests.support.factories import sign_in_token
from tests.support.sign_in.client import AppClient
from tests.support.sign_in.people import with_account, with_second_factor
from tests.support.sign_in.requests import all_but_tries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def let_others_go_first(
    monkeypatch: pytest.MonkeyPatch, model: Any, name: str, others: Callable[[], Any]
) -> None:
    """Let somebody else act in the moment before the database decides."""
    decide = getattr(model, name)

    def decide_second(self: Any, *args: Any, **values: Any) -> Any:
        monkeypatch.setattr(model, name, decide)
        others()
        return decide(self, *args, **values)

    monkeypatch.setattr(model, name, decide_second)


@pytest.fixture
def tess():
    return with_second_factor(username="tess")


@pytest.fixture
def app():
    return AppClient(login="tess")


@pytest.mark.parametrize("name", ["count_try", "use"])
def test_an_mfa_token_answered_meanwhile_uses_up_no_second_code(name, tess, app, monkeypatch):
    token, (first, second, *_) = app.mfa_token(), tess.recovery_codes
    won = []
    let_others_go_first(monkeypatch, MFAChallenge, name, lambda: won.append(app.mfa(token, first)))

    lost = app.mfa(token, second)

    assert won[0].status == 200
    assert lost.error == {"count_try": "invalid_mfa_token", "use": "invalid_mfa_code"}[name]
    # Where the winner acted within the loser's transaction it is undone with it, so one code is used at most.
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == Device.objects.count() <= 1


def test_an_mfa_token_guessed_away_meanwhile_is_over(tess, app, monkeypatch):
    token = app.mfa_token()
    let_others_go_first(
        monkeypatch, MFAChallenge, "count_try", lambda: MFAChallenge.objects.update(failures=5)
    )

    assert app.mfa(token, tess.code()).refused == (401, "invalid_mfa_token")
    assert app.mfa(app.mfa_token(), tess.code()).status == 200


@pytest.mark.parametrize("kind", ["totp", "recovery code"])
def test_a_code_used_meanwhile_is_a_wrong_one(kind, tess, app, monkeypatch):
    code = tess.code() if kind == "totp" else tess.recovery_codes[0]
    first, second, won = app.mfa_token(), AppClient(login="tess", device={"name": "B", "platform": "b"}), []
    name = "use_step" if kind == "totp" else "use_recovery_code"
    let_others_go_first(
        monkeypatch, TOTPFactor, name, lambda: won.append(second.mfa(second.mfa_token(), code))
    )

    assert app.mfa(first, code).refused == (401, "invalid_mfa_code")
    assert won[0].status == 200
    assert Device.objects.count() == 1


def test_an_enrolment_confirmed_meanwhile_shows_no_second_recovery_codes(monkeypatch):
    ada = with_account()
    app, bearer, won = AppClient(), sign_in_token(ada.user, ada.account.pk), []
    ada.key = totp.key_from_text(app.begin_totp(bearer).json["secret"])
    let_others_go_first(
        monkeypatch, TOTPFactor, "confirm", lambda: won.append(app.confirm_totp(bearer, ada.code()))
    )

    assert app.confirm_totp(bearer, ada.code()).refused == (401, "invalid_mfa_code")
    assert won[0].status == 200
    assert RecoveryCode.objects.count() == 10


def test_a_factor_replaced_meanwhile_is_not_switched_on_by_the_code_of_the_old_one(monkeypatch):
    ada = with_account()
    app, bearer = AppClient(), sign_in_token(ada.user, ada.account.pk)
    ada.key = totp.key_from_text(app.begin_totp(bearer).json["secret"])
    let_others_go_first(monkeypatch, TOTPFactor, "confirm", lambda: app.begin_totp(bearer))

    assert app.confirm_totp(bearer, ada.code()).refused == (401, "invalid_mfa_code")
    assert TOTPFactor.of(ada.user).confirmed_at is None


def test_a_code_that_is_second_leaves_no_trace_but_the_first(tess, app, monkeypatch):
    """The right code on a token that somebody else answers is not lost: it works on the next token."""
    token = app.mfa_token()
    before = all_but_tries()
    monkeypatch.setattr(MFAChallenge, "use", lambda self, *, now: False)

    assert app.mfa(token, tess.code()).refused == (401, "invalid_mfa_code")

    assert all_but_tries() == before
    monkeypatch.undo()
    assert app.mfa(token, tess.code()).status == 200
