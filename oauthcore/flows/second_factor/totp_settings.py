"""Switching the second factor on and off, and renewing recovery codes. What weakens it needs a new proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.passwords.credentials import password_shown, require_password, still_there
from oauthcore.flows.second_factor.code_tries import hold_codes
from oauthcore.flows.second_factor.codes import TOTPAndRecoveryCodes, check_code, prove, step_of
from oauthcore.models import MFAChallenge, Passkey, SecurityEvent, TOTPFactor, UnreadableSeed
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.sign_in import NotFound
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.text.hidden_text import HiddenText

Kind = SecurityEvent.Kind

#: How long after its creation an unconfirmed seed may be shown again.
SHOWN_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True)
class Enrolment:
    """A new seed for the person's app: as text to type, and as the URI in a QR code."""

    secret: HiddenText
    otpauth_uri: HiddenText


@dataclass(frozen=True)
class FactorState:
    """The state of a person's second factor: since when it is on, or None, and the recovery codes left."""

    since: datetime | None
    recovery_codes_left: int


def is_ours() -> bool:
    """Return whether the site uses oauthcore's second factor. Another one has its own settings pages."""
    return isinstance(conf.settings().second_factor, TOTPAndRecoveryCodes)


def is_offered() -> bool:
    """Return whether people of this site can have a second factor."""
    return conf.settings().SECOND_FACTOR != "oauthcore.second_factor.NoSecondFactor"


@sensitive_variables()  # the libraries are given the seed in clear
def begin_totp(
    user: User, *, password: HiddenText, request: Any = None, seed: UUID | None = None
) -> Enrolment:
    """Make a new seed for the person. It is on once it is confirmed, and replaces an unconfirmed one.

    ``seed`` is what it is called: a session that keeps the name sees it again with ``waiting_enrolment``.
    Raises InvalidCredentials, Throttled, and InvalidRequest if the factor is on already.
    """
    _require_ours()
    require_password(user, password, request=request)
    with still_there(user):
        key = TOTPFactor.prepare(user, now=timezone.now(), uuid=seed)
    if key is None:
        raise InvalidRequest("TOTP is on already. Switch it off before you set it up again.")
    return enrolment_of(user, key)


def state_of(user: User) -> FactorState:
    """Return the state of a person's second factor. It takes two statements if the factor is on."""
    factor = TOTPFactor.of(user)
    if factor is None or factor.confirmed_at is None:
        return FactorState(None, 0)
    return FactorState(factor.confirmed_at, factor.recovery_codes_left())


@sensitive_variables()  # the libraries are given the seed in clear
def waiting_enrolment(user: User, seed: UUID) -> Enrolment | None:
    """Return the unconfirmed seed of this name again, or None if it is confirmed, replaced or too old.

    Call it only for a session in which the password was given, because the seed is the second factor.
    """
    factor = TOTPFactor.of(user)
    if factor is None or factor.confirmed_at is not None or factor.uuid != seed:
        return None
    if timezone.now() - factor.created_at >= SHOWN_AGAIN:
        return None
    try:
        return enrolment_of(user, factor.key())
    except UnreadableSeed:
        return None


def enrolment_of(user: User, key: bytes) -> Enrolment:
    """Return a seed as text and as URI, with the names of the site and of the person."""
    uri = totp.provisioning_uri(key, issuer=conf.site_name(), account=str(user.get_username()))
    return Enrolment(HiddenText(totp.key_as_text(key)), HiddenText(uri))


def confirm_totp(user: User, *, code: HiddenText) -> list[HiddenText]:
    """Switch the factor on with the first code of the app. Return the recovery codes, which are shown once.

    Raises InvalidMFACode, Throttled, and InvalidRequest if there is no unconfirmed seed.
    """
    _require_ours()
    factor, now = TOTPFactor.of(user), timezone.now()
    if factor is None or factor.confirmed_at is not None:
        raise InvalidRequest("There is no TOTP to confirm. Set it up first.")
    codes = [recovery_codes.make() for _ in range(recovery_codes.HOW_MANY)]

    def use() -> str | None:
        step = step_of(factor, HiddenText(totp.as_typed(code.reveal())), now=now)
        return "totp" if step is not None and factor.confirm(step, now=now) else None

    def store() -> list[HiddenText]:
        factor.replace_recovery_codes(codes)
        MFAChallenge.end_all_of(user)
        events.record(Kind.SECOND_FACTOR_ON, user=user, reason="totp", at=now)
        return codes

    return prove(user, use, store)


def renew_recovery_codes(
    user: User, *, password: HiddenText, code: HiddenText, request: Any = None
) -> list[HiddenText]:
    """Return new recovery codes, which are shown once. The old ones stop working. It needs password and code.

    Raises InvalidCredentials, InvalidMFACode, Throttled, and InvalidRequest if the factor is off.
    """
    _require_ours()
    codes = [recovery_codes.make() for _ in range(recovery_codes.HOW_MANY)]

    with password_shown(user, password, request=request):
        factor, now = _require_on(user), timezone.now()

        def store() -> list[HiddenText]:
            factor.replace_recovery_codes(codes)
            events.record(Kind.RECOVERY_CODES_MADE, user=user, at=now)
            return codes

        return check_code(user, code, store)


def switch_off(user: User, *, password: HiddenText, code: HiddenText, request: Any = None) -> None:
    """Switch the factor off, with recovery codes and passkeys. It needs the password and a code.

    Raises the same exceptions as ``renew_recovery_codes``.
    """
    _require_ours()
    with password_shown(user, password, request=request):
        factor, now = _require_on(user), timezone.now()

        def remove() -> bool | None:
            return remove_second_factor(factor, reason="by the person", now=now) or None

        check_code(user, code, remove)


@retried
def remove_second_factor(factor: TOTPFactor, *, reason: str, now: datetime, by: User | None = None) -> bool:
    """Remove a person's factor with recovery codes and passkeys, and end their challenges.

    Returns whether this call removed it. ``by`` is the member of staff who did it for a person who has lost
    all methods. Then the event names both.
    """
    user = factor.user
    with atomic():
        hold_codes(user)
        _, removed = TOTPFactor.objects.filter(pk=factor.pk, uuid=factor.uuid).delete()
        if not removed:
            return False
        Passkey.objects.filter(user=user).delete()
        MFAChallenge.end_all_of(user)
        events.record(Kind.SECOND_FACTOR_OFF, user=by or user, of=user, reason=reason, at=now)
    return True


def _require_on(user: User) -> TOTPFactor:
    factor = TOTPFactor.of(user)
    if factor is None or factor.confirmed_at is None:
        raise InvalidRequest("TOTP is off. Set it up first.")
    return factor


def _require_ours() -> None:
    if not is_ours():
        raise NotFound("the site keeps the second factor itself")
