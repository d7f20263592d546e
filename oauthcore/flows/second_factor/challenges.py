"""The second step of signing in: a challenge is opened after the password, and answered once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.passwords.password_tries import NO_TRIES, Tries
from oauthcore.flows.second_factor.code_tries import CodeKind, hold_codes
from oauthcore.flows.second_factor.codes import kind_of, prove, use_code
from oauthcore.models import MFAChallenge
from oauthcore.models.database import atomic, retried
from oauthcore.rules.errors.sign_in import InvalidMFAToken
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind

T = TypeVar("T")


@dataclass(frozen=True)
class MFARequired:
    """The password was right, and the second factor is needed. The token represents the first step."""

    challenge: MFAChallenge
    mfa_token: Secret
    methods: Sequence[str]

    @property
    def expires_in(self) -> int:
        """How many whole seconds the challenge stays open."""
        return int((self.challenge.expires_at - self.challenge.created_at).total_seconds())


@retried
def ask_for_second_factor(
    user: User,
    channel: MFAChallenge.Channel,
    device: DeviceDescriptor | None = None,
    *,
    tries: Tries = NO_TRIES,
) -> MFARequired | None:
    """Open a challenge for a person who has shown their password; None if their second factor is off.

    ``tries`` are the tries of the password. They are given back after the right answer.
    """
    settings = conf.settings()
    methods = settings.second_factor.methods_of(user)
    if not methods:
        return None
    secret = settings.secret_format.make(SecretKind.MFA)
    with atomic():
        hold_codes(user)  # otherwise two requests at the same time would leave two live challenges
        challenge = MFAChallenge.open(
            user, channel, device or DeviceDescriptor(), secret, tries=tries.packed(), now=timezone.now()
        )
    return MFARequired(challenge, secret, tuple(methods))


def find_challenge(text: HiddenText) -> MFAChallenge:
    """Return the challenge of an ``mfa_token``; raise InvalidMFAToken if there is none."""
    secret = conf.settings().secret_format.parse(text)
    if secret is None or secret.kind is not SecretKind.MFA:
        raise InvalidMFAToken("this is not an mfa_token of this site")
    challenge = MFAChallenge.find(digest=secret.digest, channel=MFAChallenge.Channel.APP)
    if challenge is None:
        raise InvalidMFAToken("this mfa_token was never issued")
    return challenge


def answer_with_code(challenge: MFAChallenge, code: HiddenText, then: Callable[[str], T]) -> T:
    """Answer a challenge with a code, and do ``then`` in the same transaction.

    ``then`` is called with the method that the second factor names, such as ``totp``.
    Raises InvalidMFAToken for a challenge that is not live, InvalidMFACode and Throttled.
    """
    user = challenge.user
    return answer(challenge, lambda: use_code(user, code), then, kind=kind_of(code))


def answer(
    challenge: MFAChallenge, use: Callable[[], str | None], then: Callable[[str], T], *, kind: CodeKind
) -> T:
    """Answer a challenge with whatever ``use`` proves; see ``answer_with_code``."""
    now, user = timezone.now(), challenge.user
    obstacle = challenge.obstacle(now)
    if obstacle is None and not conf.settings().second_factor.methods_of(user):
        obstacle = "the second factor was switched off since"
    if obstacle is not None:
        raise InvalidMFAToken(obstacle)

    method: str | None = None

    def use_counted() -> str | None:
        nonlocal method
        if not challenge.count_try():
            raise InvalidMFAToken("too many codes were tried at the same time")
        method = use()
        return method

    def use_challenge() -> T | None:
        return then(str(method)) if challenge.use(now=now) else None

    tries = Tries.unpacked(challenge.tries)
    return prove(user, use_counted, use_challenge, kind=kind, tries=tries)
