"""oauthcore's second factor, TOTP with recovery codes, and the check of a code of any second factor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NoReturn, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.flows.passwords.password_tries import NO_TRIES, Tries, count_address
from oauthcore.flows.second_factor.code_tries import CodeKind, count_code, is_first_pause
from oauthcore.models import SecurityEvent, TOTPFactor, UnreadableSeed
from oauthcore.models.database import atomic, not_again, primary, retried
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.sign_in import InvalidMFACode
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.text.hidden_text import HiddenText

T = TypeVar("T")

logger = logging.getLogger("oauthcore")

LONGEST_CODE = 64


class TOTPAndRecoveryCodes:
    """The default of ``SECOND_FACTOR``: TOTP (RFC 6238), with recovery codes for a lost phone."""

    def methods_of(self, user: User) -> Sequence[str]:
        """Return both methods if the factor is confirmed. It takes one query."""
        factor = TOTPFactor.of(user)
        return ("totp", "recovery_code") if factor is not None and factor.confirmed_at else ()

    def use(self, user: User, code: str) -> str | None:
        """Use up a code. A code of the app is marked by its time step, a recovery code by its row."""
        factor, now = TOTPFactor.of(user), timezone.now()
        if factor is None or factor.confirmed_at is None:
            return None
        shown = HiddenText(totp.as_typed(code))
        if totp.is_code(shown.reveal()):
            step = step_of(factor, shown, now=now)
            return "totp" if step is not None and factor.use_step(step) else None
        typed = HiddenText(recovery_codes.as_typed(code))
        if recovery_codes.is_code(typed.reveal()) and factor.use_recovery_code(typed, now=now):
            events.record(SecurityEvent.Kind.RECOVERY_CODE_USED, user=user, at=now)
            return "recovery_code"
        return None


@sensitive_variables()  # the libraries are given the seed and the code in clear
def step_of(factor: TOTPFactor, code: HiddenText, *, now: datetime) -> int | None:
    """Return the time step of a code, or None if the code is wrong or was used.

    Raises InvalidMFACode if no key decrypts the seed. Then no code counts as wrong, and recovery codes still
    work.
    """
    try:
        return factor.step_of(code, now=now)
    except UnreadableSeed:
        _report_unreadable(factor.uuid)
        raise InvalidMFACode("no key in SECOND_FACTOR_KEYS opens the seed of the person's TOTP") from None


@lru_cache(maxsize=1000)
def _report_unreadable(uuid: UUID) -> None:
    """Log the fault for the people who run the site, once in each process."""
    logger.error("no key in SECOND_FACTOR_KEYS opens the seed of TOTP factor %s", uuid)


def check_code(user: User, code: HiddenText, then: Callable[[], T]) -> T:
    """Use up a code of the person's second factor, and do ``then`` in the same transaction.

    Raises InvalidMFACode for a wrong code, and Throttled after too many for an address or a person.
    """
    return prove(user, lambda: use_code(user, code), then, kind=kind_of(code))


@sensitive_variables()  # a site's own second factor is given the code in clear
def use_code(user: User, code: HiddenText) -> str | None:
    """Use up a code in the current transaction; return its method, or None if it is wrong.

    A site's own class may store this elsewhere. Then the code stays used even after a rollback.
    """
    factor = conf.settings().second_factor
    if type(factor) is not TOTPAndRecoveryCodes:
        not_again()
    return factor.use(user, code.reveal())


def kind_of(code: HiddenText) -> CodeKind:
    """Return the kind of a code. All codes of a site's own second factor are of one kind."""
    is_ours = isinstance(conf.settings().second_factor, TOTPAndRecoveryCodes)
    is_recovery_code = is_ours and recovery_codes.is_code(recovery_codes.as_typed(code.reveal()))
    return CodeKind.RECOVERY_CODE if is_recovery_code else CodeKind.CODE


def prove(
    user: User,
    use: Callable[[], str | None],
    then: Callable[[], T | None],
    *,
    kind: CodeKind = CodeKind.CODE,
    tries: Tries = NO_TRIES,
) -> T:
    """Count the try, call ``use`` and, if that returns a method, ``then``, in one transaction.

    ``then`` returns None if another request was first; then nothing is used up. ``tries`` were counted for
    the password before. They are given back too. Raises as ``check_code``.
    """
    request_context.name_person(user)
    tries += count_address()
    wait, done = _use_and_do(user, use, then, kind)
    if wait is not None:
        _refuse_too_many(user, wait, kind)
    if done is None:
        raise InvalidMFACode("the code is wrong, or was used before")
    tries.give_back()
    return done


@retried
def _use_and_do(
    user: User, use: Callable[[], str | None], then: Callable[[], T | None], kind: CodeKind
) -> tuple[int | None, T | None]:
    """Return how long codes are paused, or None, and what ``then`` returned.

    The first row that is locked is the person's count. It stays locked until the end, so codes of one person
    are checked one at a time. So a right code never exceeds the limit, and there is no deadlock. A wrong code
    stays counted. In all other cases the count does not change.
    """
    with atomic():
        counted = count_code(user, kind)
        wait, done = counted.wait, None
        # A site's own class may return another false value, such as False, for a wrong code.
        method = (use() or None) if wait is None else None
        if method is not None:
            done = then()
        if done is not None:
            counted.give_back()
        elif wait is not None or method is not None:
            transaction.set_rollback(True, using=primary())
    return wait, done


def _refuse_too_many(user: User, wait: int, kind: CodeKind) -> NoReturn:
    if is_first_pause(user, kind):
        events.record(
            SecurityEvent.Kind.SECOND_FACTOR_PAUSED,
            user=user,
            reason=f"too many wrong {kind}s: {wait} seconds",
        )
    raise Throttled("too many wrong codes of this person", retry_after=wait)
