"""Forms that can be answered once, so that a reload does not repeat what they make or show."""

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

#: A person may leave a long form open overnight.
_LIFETIME = timedelta(days=1)


#: The texts for a form that is too old, and for a form that was sent before.
OPEN_TOO_LONG = gettext_lazy(
    "This page was open for too long, and nothing was done. Look it through and send it again."
)
SENT_BEFORE = gettext_lazy(
    "This form was already sent, and its result is saved. A secret is shown only once."
)


class NotAnswerable(Exception):
    """The form was not shown to this person for this purpose, or it is too old."""


class AnsweredBefore(Exception):
    """The form was answered before; the first answer stands."""


@dataclass(frozen=True)
class SingleAnswer:
    """The right to answer one form once: the user, the purpose and the nonce of the form."""

    nonce: str

    @classmethod
    def sign(cls, *, user: User, purpose: str, nonce: str | None = None) -> str:
        """Return the signed text that a new form carries."""
        return signing.dumps(
            [nonce or secrets.token_urlsafe(16), str(user.pk), purpose], salt=_SALT, compress=True
        )

    @classmethod
    def parse(cls, text: str | None, *, user: User, purpose: str) -> SingleAnswer:
        """Return the right in a form; raise NotAnswerable unless it is for this user and purpose."""
        try:
            nonce, *bound_to = signing.loads(text or "", salt=_SALT, max_age=_LIFETIME)
        except signing.BadSignature:
            raise NotAnswerable from None
        if bound_to != [str(user.pk), purpose]:
            raise NotAnswerable
        return cls(nonce)

    def claim(self, *, lifetime: timedelta = _LIFETIME) -> None:
        """Note in the current transaction that the form was answered. Raises AnsweredBefore the second time.

        ``lifetime`` is for how long the form can be sent; the note is kept for as long.
        """
        expires_at = timezone.now() + lifetime
        if not AnsweredPage.claim(digest_of(self.nonce), expires_at=expires_at):
            raise AnsweredBefore
