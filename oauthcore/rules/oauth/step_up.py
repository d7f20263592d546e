"""Step-up: how recent and how strong a login must be (RFC 9470)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.step_up import InsufficientUserAuthentication

#: Login with one factor, usually the password.
ONE_FACTOR = "pwd"
#: Login with a second factor.
SECOND_FACTOR = "mfa"
#: The methods (RFC 8176, ``amr``) of a login with the password, and of each second step beside "several".
PASSWORD = "pwd"
_SEVERAL = "mfa"
_METHODS_OF_SECOND_STEPS = {"totp": "otp", "passkey": "hwk"}
#: The names of how strong a login is (``acr``), the weakest first: each includes those before it.
STRENGTHS = (ONE_FACTOR, SECOND_FACTOR)


@dataclass(frozen=True)
class LoginWanted:
    """The wanted login: how many seconds ago at most, and with which strengths. Both are optional.

    ``is_wish`` says that the strengths are wished for, not required. ``needs_time`` says that the time of the
    login has to be known.
    """

    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    is_wish: bool = False
    needs_time: bool = False

    @classmethod
    def of_view(cls, max_age: int | None, acr: str | None) -> LoginWanted | None:
        """Return what a view wants, or None where it wants nothing."""
        if max_age is None and acr is None:
            return None
        return cls(max_age, () if acr is None else (acr,))

    @classmethod
    def parse(cls, max_age: str | None, acr_values: str | None) -> LoginWanted:
        """Read the parameters of an authorization request (RFC 9470 §4); raise InvalidRequest."""
        if max_age is not None and not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
            raise InvalidRequest("The parameter max_age must be a whole number of seconds.")
        return cls(None if max_age is None else int(max_age), tuple((acr_values or "").split()))

    def can_be_met(self, reachable: Iterable[str]) -> bool:
        """Return whether a login with one of the reachable strengths is strong enough."""
        return not self.acr_values or not set(reachable).isdisjoint(self.acr_values)

    @property
    def refusal(self) -> InsufficientUserAuthentication:
        """The refusal of a protected resource if the login is not enough."""
        return InsufficientUserAuthentication(
            "the login is too old, or not strong enough",
            max_age=self.max_age,
            acr_values=" ".join(self.acr_values) or None,
        )


#: Any login is enough: the request names no requirement.
ANY_LOGIN = LoginWanted()


@dataclass(frozen=True)
class Login:
    """When a person last logged in, how strong that login was, and its methods. An empty value is unknown."""

    at: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()

    def is_enough(self, wanted: LoginWanted, now: datetime) -> bool:
        """Return whether the login is recent enough and strong enough."""
        return self.is_recent(wanted, now) and self.is_strong(wanted)

    def is_recent(self, wanted: LoginWanted, now: datetime) -> bool:
        """Return whether the login is recent enough."""
        if wanted.max_age is None:
            return self.at is not None or not wanted.needs_time
        return self.at is not None and now - self.at <= timedelta(seconds=wanted.max_age)

    def is_strong(self, wanted: LoginWanted) -> bool:
        """Return whether the login has one of the wanted strengths, or a greater one."""
        if not wanted.acr_values:
            return True
        reached = STRENGTHS[: STRENGTHS.index(self.acr) + 1] if self.acr in STRENGTHS else ()
        return not set(reached).isdisjoint(wanted.acr_values)


def methods_after(first: Iterable[str], second_step: str) -> tuple[str, ...]:
    """Return the methods of a login (RFC 8176) after its second step.

    ``second_step`` is the method that the second factor names. A recovery code, or a method of a site's own,
    counts as a second factor and nothing else.
    """
    method = _METHODS_OF_SECOND_STEPS.get(second_step)
    return tuple(dict.fromkeys((*first, *([method] if method else []), _SEVERAL)))


#: A login of which nothing was recorded.
UNKNOWN_LOGIN = Login()
