"""A deadlock while somebody decides or takes access back costs them nothing, and each is done once.

The loop of ``tests/models/test_retried.py``, for what people do on pages and DeviantArt's clients with one
call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, ClassVar

import pytest
from django.db import connection
from django.test import Client

from oauthcore.models import Consent, Grant, LegacySwitch, LegacyUse, SecurityEvent, TOTPFactor
from oauthcore.recording import legacy_use
from tests.support.deadlocks import Deadlock, deadlock_at
from tests.support.oauth import OAuthClient, answer, with_person
from tests.support.pages.authenticator_app import STEP, show_password, switch_on, whose
from tests.support.pages.legacy import register_legacy

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Any]


def _without_pkce() -> OAuthClient:
    return with_person(register_legacy(LegacySwitch.OPTIONAL_PKCE))


def approve() -> Act:
    oauth = _without_pkce()
    asked = {"code_challenge": None, "code_challenge_method": None}
    transaction = oauth.authorize(**asked).context["transaction"]
    return lambda: answer(oauth.decide(transaction=transaction, **asked))["code"]


def look_again() -> Act:
    oauth = _without_pkce()
    asked = {"code_challenge": None, "code_challenge_method": None}
    oauth.decide(**asked)
    return lambda: answer(oauth.authorize(**asked))["code"]


def deny() -> Act:
    oauth = with_person()
    transaction = oauth.authorize().context["transaction"]
    return lambda: answer(oauth.decide(transaction=transaction, decision="deny"))["error"] == "access_denied"


def _end(oauth: OAuthClient, **button: Any) -> Act:
    oauth.tokens()
    return lambda: oauth.browser.post("/oauth/connections/", button).status_code in (302, 303)


def end_one_application() -> Act:
    oauth = with_person()
    return _end(oauth, application=oauth.registered.application.pk)


def end_all_applications() -> Act:
    return _end(with_person(), all="applications")


def revoke_at_deviantarts_address() -> Act:
    token = with_person().tokens()["access_token"]
    return lambda: Client().post("/oauth2/revoke", {"token": token}).status_code == 200


@pytest.mark.parametrize(
    "prepare",
    [approve, look_again, deny, end_one_application, end_all_applications, revoke_at_deviantarts_address],
    ids=lambda prepare: prepare.__name__,
)
def test_a_deadlock_costs_nothing_and_it_is_done_once(prepare: Callable[[], Act], clock: Any) -> None:
    left = None
    for turn in count(1):
        act = prepare()
        legacy_use.batch.flush()
        before = _written()
        with deadlock_at(turn) as has_failed:
            assert act(), f"the deadlock was at write {turn}"
        legacy_use.batch.flush()
        written = [now - then for now, then in zip(_written(), before, strict=True)]
        assert left in (None, written), "as much is written as without a deadlock"
        left = written
        if not has_failed():
            assert turn > 1, "nothing was written"
            break


def _at_the_second_step(ada: Any) -> Act:
    app, browser = switch_on(ada), Client()
    show_password(browser)
    return lambda: (browser.post(STEP, {"code": app.code()}).status_code, whose(browser))


def _at_the_password(ada: Any) -> Act:
    browser = Client()
    return lambda: (show_password(browser).status_code, whose(browser))


@pytest.mark.parametrize("prepare", [_at_the_second_step, _at_the_password])
def test_a_deadlock_costs_no_login_until_the_session_changes_and_then_nobody_is_half_logged_in(
    prepare: Callable[[Any], Act], ada: Any, clock: Any
) -> None:
    for turn in count(1):
        TOTPFactor.objects.all().delete()
        SecurityEvent.objects.all().delete()
        log_in = prepare(ada)
        with deadlock_at(turn):
            status, name = log_in()
        assert SecurityEvent.objects.filter(kind="signed_in").count() == bool(name)
        if not name:
            break
    assert turn > 2, "noting address and event is done again"
    assert status == 503


def test_a_sites_own_second_factor_is_asked_once_whatever_the_database_asks(
    ada: Any, clock: Any, settings: Any
) -> None:
    settings.OAUTHCORE = {**settings.OAUTHCORE, "SECOND_FACTOR": f"{__name__}.Elsewhere"}
    Elsewhere.asked.clear()
    browser = Client()
    show_password(browser)

    with deadlock_after_use():
        assert browser.post(STEP, {"code": "123456"}).status_code == 503

    assert Elsewhere.asked == ["123456"]
    assert whose(browser) == ""


class Elsewhere:
    """A second factor whose codes another machine keeps."""

    asked: ClassVar[list[str]] = []

    def methods_of(self, user: Any) -> list[str]:
        return ["totp"]

    def use(self, user: Any, code: str) -> str:
        self.asked.append(code)
        return "totp"


@contextmanager
def deadlock_after_use() -> Iterator[None]:
    """Let the first write after the code was looked at be the one that the database gives up."""
    is_broken = False

    def fail(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal is_broken
        if Elsewhere.asked and not is_broken and sql.startswith(("UPDATE", "INSERT")):
            is_broken = True
            raise Deadlock("deadlock detected")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        yield


def _written() -> list[int]:
    live = Grant.objects.filter(revoked_at=None).count()
    uses = sum(LegacyUse.objects.values_list("count", flat=True))
    return [live, Grant.objects.count(), Consent.objects.count(), SecurityEvent.objects.count(), uses]
