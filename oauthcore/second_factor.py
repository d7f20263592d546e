"""The second factor: the protocol through which a site plugs in its own, such as django-otp's.

A site names its class in ``OAUTHCORE["SECOND_FACTOR"]``; the default is oauthcore's own TOTP with recovery
codes (``oauthcore.flows.second_factor.codes.TOTPAndRecoveryCodes``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from oauthcore.accounts import User

__all__ = ["NoSecondFactor", "SecondFactor"]


class SecondFactor(Protocol):
    """The methods of a second factor. Any exception that it raises refuses the sign-in."""

    def methods_of(self, user: User) -> Sequence[str]:
        """Return the methods a person can prove themselves with, the usual one first; none: it is off.

        The names go over the wire: ``totp``, ``recovery_code``. Asked at each login and code: a query or two.
        """

    def use(self, user: User, code: str) -> str | None:
        """Use up a code; return the method it belongs to, or None where it is wrong or was used before.

        Of uses at the same instant one succeeds, and the database decides which. It runs in a transaction,
        and must neither hash a password nor ask another machine.
        """


class NoSecondFactor:
    """The second factor of a site that has none."""

    def methods_of(self, user: User) -> Sequence[str]:
        """Return no method."""
        return ()

    def use(self, user: User, code: str) -> str | None:
        """Return None: no code is right."""
        return None
