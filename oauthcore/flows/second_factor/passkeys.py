"""Passkeys: adding, using and removing them. In the browser they are a further method of the second factor.

A WebAuthn ceremony takes two requests, and its ``state`` is kept between them. The state works once: the
caller removes it from the session before the check. The database decides too: by the row of the challenge for
a login, and by the digest of the credential for a new passkey.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.passwords.credentials import password_shown, require_password
from oauthcore.flows.second_factor import webauthn
from oauthcore.flows.second_factor.code_tries import hold_codes
from oauthcore.flows.second_factor.codes import check_code
from oauthcore.models import MFAChallenge, Passkey, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.models.password_marks import has_mark, password_mark
from oauthcore.recording import events
from oauthcore.rules.sign_in.passkeys import (
    PasskeyRefused,
    Problem,
    RelyingParty,
    parse_assertion,
    parse_name,
    parse_registration,
)
from oauthcore.rules.text.hidden_text import HiddenText

logger = logging.getLogger("oauthcore")

Kind = SecurityEvent.Kind

#: How long the creation of a passkey may take.
_LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True)
class Ceremony:
    """The ``options`` for the browser, and the ``state`` to keep until it answers; both are JSON."""

    options: dict[str, Any]
    state: dict[str, Any]


def require_available() -> RelyingParty:
    """Return the site as a WebAuthn relying party; raise PasskeyRefused if it cannot have passkeys."""
    if not webauthn.is_installed():
        raise PasskeyRefused(Problem.NOT_INSTALLED, "the extra webauthn is not installed")
    return RelyingParty.parse(conf.issuer())


def require_room(user: User) -> None:
    """Raise PasskeyRefused if the person's second factor is off, or they have the largest allowed number."""
    if not conf.settings().second_factor.methods_of(user):
        raise PasskeyRefused(Problem.FACTOR_OFF, "the person's second factor is off")
    if len(Passkey.of(user)) >= conf.settings().PASSKEYS_PER_USER:
        raise PasskeyRefused(Problem.TOO_MANY, "the person has as many passkeys as one may have")


def passkeys_of(user: User) -> list[Passkey]:
    """Return a person's passkeys, the oldest first."""
    return Passkey.of(user)


def begin_registration(
    user: User, *, name: str, password: HiddenText, code: HiddenText, request: Any = None
) -> Ceremony:
    """Begin to add a passkey under a name that the person chose. It needs their password and a code.

    Raises PasskeyRefused, InvalidCredentials, InvalidMFACode and Throttled.
    """
    party, name = require_available(), parse_name(name)
    require_room(user)
    with password_shown(user, password, request=request):
        # Otherwise somebody with the password and a stolen session could add a second factor of their own.
        check_code(user, code, lambda: True)
    person = webauthn.Person(_handle_of(user), user.get_username())
    known = [bytes(one.credential) for one in Passkey.of(user)]
    options, kept = webauthn.creation_options(party, conf.site_name(), person, known=known)
    state = {
        "user": str(user.pk),
        "password_mark": password_mark(user).hex(),
        "expires_at": (timezone.now() + _LIFETIME).timestamp(),
        "name": name,
        "webauthn": kept,
    }
    return Ceremony(options, state)


@retried
def register(user: User, state: dict[str, Any] | None, text: str) -> Passkey:
    """Add the passkey that the browser made; raise PasskeyRefused.

    ``text`` is the browser's JSON. ``state`` comes from ``begin_registration``, or is None if none was kept.
    """
    now = timezone.now()
    party = require_available()
    state = _require_current(state, user, now)
    new = webauthn.verify_registration(party, state["webauthn"], parse_registration(text))
    with atomic():
        # Two requests must not both take the last place, and the factor must stay on until the end.
        hold_codes(user)
        require_room(user)
        passkey = Passkey.add(
            user,
            name=state["name"],
            credential_id=new.id,
            credential=new.data,
            sign_count=new.sign_count,
        )
        if passkey is None:
            raise PasskeyRefused(Problem.KNOWN, "the passkey is registered already")
        events.record(Kind.PASSKEY_ADDED, user=user, reason=passkey.name, at=now)
    return passkey


def passkey_of(user: User, number: int) -> Passkey | None:
    """Return the passkey with this number if it belongs to the person, or None."""
    return next((one for one in Passkey.of(user) if one.pk == number), None)


def remove(user: User, passkey: Passkey, *, password: HiddenText, request: Any = None) -> None:
    """Remove a passkey of a person. It needs their password. If the passkey is gone already, nothing happens.

    Raises InvalidCredentials and Throttled.
    """
    require_password(user, password, request=request)
    _remove(user, passkey)


@retried
def _remove(user: User, passkey: Passkey) -> None:
    with atomic():
        removed, _ = Passkey.objects.filter(pk=passkey.pk, user_id=user.pk).delete()
        if removed:
            events.record(Kind.PASSKEY_REMOVED, user=user, reason=passkey.name)


def begin_authentication(challenge: MFAChallenge) -> Ceremony | None:
    """Begin to answer a challenge with a passkey. None if the person has none or the site cannot use them."""
    known = [bytes(one.credential) for one in Passkey.of(challenge.user)]
    try:
        party = require_available()
    except PasskeyRefused:
        return None
    if not known:
        return None
    options, kept = webauthn.request_options(party, known=known)
    return Ceremony(options, {"challenge": challenge.pk, "webauthn": kept})


def use(challenge: MFAChallenge, state: dict[str, Any] | None, text: str) -> str | None:
    """Use a passkey for a challenge; return its method, or None for any error.

    Pass it to ``challenges.answer``, which counts the try. ``text`` is the browser's JSON. ``state`` is from
    ``begin_authentication``, or None if none was kept.
    """
    try:
        passkey, sign_count = _shown(challenge, state, text)
    except PasskeyRefused as refusal:
        logger.info("a passkey was refused: %s", refusal.reason)
        return None
    now = timezone.now()
    if passkey.count_use(sign_count, now=now):
        return "passkey"
    # The same answer sent twice at the same time does not mean that the passkey was copied.
    if MFAChallenge.objects.filter(pk=challenge.pk, used_at__isnull=True).exists():
        reason = f"the counter of a passkey did not grow, it may have been copied: {passkey.name}"
        events.record(Kind.SIGN_IN_REFUSED, user=challenge.user, reason=reason, at=now)
    return None


def _shown(challenge: MFAChallenge, state: dict[str, Any] | None, text: str) -> tuple[Passkey, int]:
    """Return the person's passkey that signed, and its new counter; raise PasskeyRefused."""
    party = require_available()
    if state is None or state["challenge"] != challenge.pk:
        raise PasskeyRefused(Problem.OVER, "no passkey was asked for, or for another login")
    known = {bytes(one.credential): one for one in Passkey.of(challenge.user)}
    shown = webauthn.verify_assertion(party, state["webauthn"], parse_assertion(text), known=list(known))
    if shown.user_handle not in (None, _handle_of(challenge.user)):
        raise PasskeyRefused(Problem.NOT_VALID, "the passkey says it is somebody else's")
    return known[shown.credential], shown.sign_count


def _require_current(state: dict[str, Any] | None, user: User, now: datetime) -> dict[str, Any]:
    if state is None or state["user"] != str(user.pk):
        raise PasskeyRefused(Problem.OVER, "the person did not begin to add a passkey")
    if now.timestamp() >= state["expires_at"]:
        raise PasskeyRefused(Problem.OVER, "the person took too long to add a passkey")
    if not has_mark(user, bytes.fromhex(state["password_mark"])):
        raise PasskeyRefused(Problem.OVER, "the password was changed since")
    return state


def _handle_of(user: User) -> bytes:
    """Return the WebAuthn user handle of a person. It does not depend on keys of the site."""
    return sha256(f"oauthcore passkey\x00{user.pk}".encode()).digest()
