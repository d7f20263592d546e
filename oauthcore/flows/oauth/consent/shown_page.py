"""A consent page as it was shown: signed, bound to what it asked, answered once (OAuth 2.1 §7.10)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.core import signing

from oauthcore import conf
from oauthcore.accounts import Account, User
from oauthcore.flows.oauth.consent.question import AccessRequest, Question
from oauthcore.recording.single_answer import AnsweredBefore, SingleAnswer
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.oauth.scopes import render

_SALT = "oauthcore.consent"


class PageNotValid(OAuthError):
    """The answered page is not a page that was shown for this request, is too old, or was answered before."""

    error = "invalid_request"
    status = 400


@dataclass(frozen=True)
class ShownPage:
    """A consent page as it was shown: to whom, for which request, with which question and accounts."""

    nonce: str
    question: Question
    account_uuids: tuple[str, ...]

    @classmethod
    def sign(
        cls,
        asked: AccessRequest,
        question: Question,
        *,
        user: User,
        login_mark: str,
        bound_to: tuple[str, ...],
        accounts: Sequence[Account],
    ) -> str:
        """Return the signed transaction that a new page carries."""
        content = {
            "nonce": secrets.token_urlsafe(16),
            "scopes": [render(part) for part in question.parts],
            "accounts": [str(account.uuid) for account in accounts],
            "page": _fingerprint(asked, user=user, login_mark=login_mark, bound_to=bound_to),
        }
        return signing.dumps(content, salt=_SALT, compress=True)

    @classmethod
    def parse(
        cls,
        text: str | None,
        asked: AccessRequest,
        *,
        user: User,
        login_mark: str,
        bound_to: tuple[str, ...],
    ) -> ShownPage:
        """Return the page of a transaction; raise PageNotValid if a value that it is bound to has changed.

        ``bound_to`` has the caller's own values, such as the redirect URI.
        """
        try:
            content = signing.loads(text or "", salt=_SALT, max_age=conf.settings().CONSENT_LIFETIME)
        except signing.BadSignature:
            raise PageNotValid("the transaction is missing, too old or not ours") from None
        if content["page"] != _fingerprint(asked, user=user, login_mark=login_mark, bound_to=bound_to):
            raise PageNotValid("the transaction belongs to another page, person or session")
        question = Question(*(frozenset(part.split()) for part in content["scopes"]))
        return cls(content["nonce"], question, tuple(content["accounts"]))

    def claim(self) -> None:
        """Mark the page as answered; raise PageNotValid when it was answered before."""
        try:
            SingleAnswer(self.nonce).claim(lifetime=timedelta(seconds=conf.settings().CONSENT_LIFETIME))
        except AnsweredBefore:
            raise PageNotValid("the page was answered before") from None


def _fingerprint(asked: AccessRequest, *, user: User, login_mark: str, bound_to: tuple[str, ...]) -> str:
    parts = (
        login_mark,
        str(user.pk),
        user.get_session_auth_hash(),
        str(asked.application.pk),
        render(asked.scopes),
        *sorted(asked.resources),
        *sorted(asked.claim_names),
        *bound_to,
    )
    return sha256("\x00".join(parts).encode()).hexdigest()
