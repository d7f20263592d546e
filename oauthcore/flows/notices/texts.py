"""The texts of security mails: one for each kind of security event.

A mail is sent for each kind that has a text here. A new kind of event needs a text, or an entry in the list
of kinds without a mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from oauthcore.models import SecurityEvent

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Kind = SecurityEvent.Kind


@dataclass(frozen=True)
class Text:
    """What a mail says: ``plain``, or something that says more where more is known.

    ``%(what)s`` is the name of a device or passkey in ``named``, and of an application in ``of_application``.
    ``by_staff`` is said where staff did it.
    """

    plain: _StrPromise
    named: _StrPromise | str = ""
    of_application: _StrPromise | str = ""
    by_staff: _StrPromise | str = ""

    def of(self, what: str, *, is_device: bool, by_staff: bool) -> str:
        """Return the text for a device, passkey or application with this name, or without name."""
        if by_staff and self.by_staff:
            return str(self.by_staff)
        named = self.named if is_device else self.of_application
        return str(named) % {"what": what} if what and named else str(self.plain)


_ENDED = Text(
    _("We ended access to your account"),
    named=_("We ended your session on %(what)s"),
    of_application=_("We ended the access of the application %(what)s"),
)

#: The events that people are told of, the most serious first.
TEXTS: Mapping[str, Text] = {
    Kind.SECOND_FACTOR_PAUSED: Text(
        _(
            "Two-step verification is paused for a while: too many wrong codes were entered, "
            "by somebody who knew your password or was signed in as you"
        )
    ),
    Kind.REFRESH_TOKEN_REPLAYED: _ENDED,
    Kind.CODE_REPLAYED: _ENDED,
    Kind.SECOND_FACTOR_OFF: Text(
        _("Two-step verification was switched off"),
        by_staff=_("The staff of the site switched off your two-step verification"),
    ),
    Kind.RECOVERY_CODE_USED: Text(_("A recovery code was used")),
    Kind.RECOVERY_CODES_MADE: Text(_("New recovery codes were made, and the old ones stopped working")),
    Kind.PASSKEY_ADDED: Text(_("A passkey was added"), named=_("The passkey %(what)s was added")),
    Kind.PASSKEY_REMOVED: Text(_("A passkey was removed"), named=_("The passkey %(what)s was removed")),
    Kind.SECOND_FACTOR_ON: Text(_("Two-step verification was switched on")),
    Kind.DEVICE_SIGNED_IN: Text(
        _("You signed in on a new device"), named=_("You signed in on a new device, %(what)s")
    ),
}

#: Kinds without a mail. The person's pages and the admin show them.
UNTOLD = frozenset(
    [
        *(Kind.SIGNED_IN, Kind.LOGGED_OUT, Kind.SIGN_IN_REFUSED, Kind.LIMITS_LIFTED),
        *(Kind.CONSENT_GIVEN, Kind.CONSENT_DENIED, Kind.CONSENT_WITHDRAWN, Kind.REVOKED),
        *(Kind.APPLICATION_REGISTERED, Kind.APPLICATION_CHANGED, Kind.APPLICATION_UPGRADED),
        *(Kind.APPLICATION_DELETED, Kind.SECRET_ROTATED, Kind.ISSUER_CHANGED),
        *(Kind.SCOPE_REQUESTED, Kind.SCOPE_APPROVED, Kind.SCOPE_REFUSED),
        *(Kind.INITIAL_ACCESS_TOKEN_MADE, Kind.SIGNING_KEYS_ROTATED),
        *(Kind.SERVICE_TOKEN_MADE, Kind.SERVICE_TOKEN_CHANGED, Kind.SERVICE_TOKEN_ROTATED),
        Kind.REQUEST_REFUSED,
    ]
)
