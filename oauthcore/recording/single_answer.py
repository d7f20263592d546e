"""Forms that are answered once: what they make or show must not be made or shown again by a reload."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy

from oauthcore.accounts import User
from oauthcore.models import AnsweredPage
from oauthcore.rules.tokens.secrets import digest_of

_SALT = "oauthcore.single_answer"

#: Somebody may leave a long form open over a night.
_LIFETIME = timedelta(days=1)


#: What pages say of a form that is too old, and of one that was sent before.
OPEN_TOO_LONG = gettext_lazy(
    "This page was open for too long, and nothing was done. Look it through and send it again."
)
SENT_BEFORE = gettext_lazy(
    "This form was already sent, and its result is saved. A secret is shown only once."
)


class NotAnswerable(Exception):
    """The form is not one that was shown to this person for this, or it is too old."""


class AnsweredBefore(Exception):
    """The form was answered before; the first answer stands."""


@dataclass(frozen=True)
class SingleAnswer:
    """The right to answer one form once: who it was shown to, what for, and its nonce."""

    nonce: str

    @classmethod
    def sign(cls, *, user: User, purpose: str, nonce: str | None = None) -> str:
        """Return the signed text that a new form carries."""
        return signing.dumps(
            [nonce or secrets.token_urlsafe(16), str(user.pk), purpose], salt=_SALT, compress=True
        )

    @classmethod
    def parse(cls, text: str | None, *, user: User, purpose: str) -> SingleAnswer:
        """Return the right that a form carries; raise NotAnswerable unless it was shown to them for this."""
        try:
            nonce, *bound_to = signing.loads(text or "", salt=_SALT, max_age=_LIFETIME)
        except signing.BadSignature:
            raise NotAnswerable from None
        if bound_to != [str(user.pk), purpose]:
            raise NotAnswerable
        return cls(nonce)

    def claim(self, *, lifetime: timedelta = _LIFETIME) -> None:
        """Note, in the transaction under way, that the form was answered; AnsweredBefore the second time.

        ``lifetime`` is for how long the form can be sent: so long the note has to be kept.
        """
        expires_at = timezone.now() + lifetime
        if not AnsweredPage.claim(digest_of(self.nonce), expires_at=expires_at):
            raise AnsweredBefore
