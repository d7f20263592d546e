"""The consent page: what has to be asked, and its decision, signed, bound to what was shown, made once.

RFC 6749 §4.1.1, OAuth 2.1 §7.10.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.approval import approve, grant_access, note_habits
from oauthcore.flows.oauth.redirect_target import Answer
from oauthcore.models import AnsweredPage, Consent, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import AccessDenied, OAuthError
from oauthcore.rules.oauth.scopes import Scopes, render
from oauthcore.rules.tokens.secrets import digest_of

_SALT = "oauthcore.consent"


class PageNotValid(OAuthError):
    """The page that was answered is not the one that was shown here, is too old, or was answered before."""

    error = "invalid_request"
    status = 400


@dataclass(frozen=True)
class Question:
    """What a person is asked: which scopes, which of them stay ticked, and what is kept from before."""

    scopes: Scopes
    required: Scopes = frozenset()
    kept: Scopes = frozenset()

    @classmethod
    def about(
        cls, request: AuthorizationRequest, consent: Consent | None, account: Account | None
    ) -> Question:
        """Return the question a request comes to: only what is new, where something was approved before.

        All of it where nothing is new and the page is shown all the same, where the application wants it
        asked anew, and where another account was approved than the one it would work on.
        """
        vocabulary = conf.settings().vocabulary
        kept: Scopes = frozenset()
        if consent is not None and "consent" not in request.prompts and is_for(consent, account):
            kept = frozenset(one for one in request.scopes if vocabulary.allows(consent.scopes, one))
        if kept == request.scopes:
            kept = frozenset()
        new = request.scopes - kept
        needed = request.application.required_scopes
        return cls(new, frozenset(one for one in new if vocabulary.allows(needed, one)), kept)

    def granted(self, ticked: Scopes) -> Scopes:
        """Return what is granted when these are ticked."""
        return ticked | self.required | self.kept


@dataclass(frozen=True)
class ShownPage:
    """A consent page as it was shown: to whom, for which request, with which question and accounts."""

    nonce: str
    question: Question
    account_uuids: tuple[str, ...]

    @classmethod
    def sign(
        cls,
        request: AuthorizationRequest,
        question: Question,
        *,
        user: Any,
        login_mark: str,
        accounts: Sequence[Account],
    ) -> str:
        """Return the signed transaction that a new page carries."""
        content = {
            "nonce": secrets.token_urlsafe(16),
            "scopes": [render(part) for part in (question.scopes, question.required, question.kept)],
            "accounts": [str(account.uuid) for account in accounts],
            "page": _fingerprint(request, user=user, login_mark=login_mark),
        }
        return signing.dumps(content, salt=_SALT, compress=True)

    @classmethod
    def parse(
        cls, text: str | None, request: AuthorizationRequest, *, user: Any, login_mark: str
    ) -> ShownPage:
        """Return the page of a transaction; raise PageNotValid unless all that it is bound to is the same."""
        try:
            content = signing.loads(text or "", salt=_SALT, max_age=conf.settings().CONSENT_LIFETIME)
        except signing.BadSignature:
            raise PageNotValid("the transaction is missing, too old or not ours") from None
        if content["page"] != _fingerprint(request, user=user, login_mark=login_mark):
            raise PageNotValid("the transaction belongs to another page, person or session")
        question = Question(*(frozenset(part.split()) for part in content["scopes"]))
        return cls(content["nonce"], question, tuple(content["accounts"]))


def _fingerprint(request: AuthorizationRequest, *, user: Any, login_mark: str) -> str:
    parts = (
        login_mark,
        str(user.pk),
        user.get_session_auth_hash(),
        str(request.application.pk),
        request.target.redirect_uri,
        "token" if request.is_implicit else "code",
        request.target.mode.value,
        render(request.scopes),
        request.challenge.method,
        request.challenge.text,
        request.state or "",
    )
    return sha256("\x00".join(parts).encode()).hexdigest()


@retried
def decide_approval(
    page: ShownPage, request: AuthorizationRequest, *, user: Any, ticked: Scopes, account_uuid: UUID | None
) -> Answer:
    """Answer a page with yes and return the answer that carries the code.

    Raises PageNotValid for a second answer, for a scope that was not shown, and where what the page called
    approved before has been withdrawn since, or was for another account: then nothing is granted.
    """
    question = page.question
    granted = question.granted(ticked)
    if not granted or not ticked <= question.scopes | question.kept:
        raise PageNotValid("a scope was sent that was not shown")
    now = timezone.now()
    with atomic():
        _claim(page)
        answer = approve(
            request,
            user=user,
            approved=granted,
            withheld=question.scopes - granted,
            kept=question.kept,
            account_uuid=account_uuid,
            now=now,
        )
        if answer is None:
            raise PageNotValid("the consent that the page built on was withdrawn")
        events.record(
            SecurityEvent.Kind.CONSENT_GIVEN,
            user=user,
            application=request.application,
            reason=f"scopes: {render(granted)}",
            at=now,
        )
    note_habits(request)
    return answer


@retried
def decide_denial(page: ShownPage, request: AuthorizationRequest, *, user: Any) -> Answer:
    """Answer a page with no and return the answer that says so; raise PageNotValid for a second answer."""
    with atomic():
        _claim(page)
        events.record(SecurityEvent.Kind.CONSENT_DENIED, user=user, application=request.application)
    return request.target.refusal(AccessDenied("the person said no"), request.state)


def _claim(page: ShownPage) -> None:
    expires_at = timezone.now() + timedelta(seconds=conf.settings().CONSENT_LIFETIME)
    if not AnsweredPage.claim(digest_of(page.nonce), expires_at=expires_at):
        raise PageNotValid("the page was answered before")


def needs_page(request: AuthorizationRequest, consent: Consent | None, accounts: Sequence[Account]) -> bool:
    """Return whether the person has to be asked, given what they have approved before and their accounts.

    On a device another program could pose as the application, even as a trusted one, so there consent is
    asked each time (RFC 8252 §8.6); and it is asked again where the account that was approved is gone.
    """
    if request.wants_page or request.target.is_impersonable:
        return True
    if request.application.is_trusted:
        return False
    if consent is None or not _has_account(consent, accounts):
        return True
    return not conf.settings().vocabulary.is_within(request.scopes, consent.scopes)


def _has_account(consent: Consent, accounts: Sequence[Account]) -> bool:
    """Return whether the account that was approved is still the person's, where accounts matter at all."""
    return not accounts or any(is_for(consent, account) for account in accounts)


def is_for(consent: Consent, account: Account | None) -> bool:
    """Return whether a consent was given for this account; without one there is nothing to tell apart."""
    return account is None or consent.account_uuid == account.uuid


def decide_without_page(
    request: AuthorizationRequest, consent: Consent | None, *, user: Any, accounts: Sequence[Account]
) -> Answer:
    """Return the answer that carries a code for what was approved before, or for a trusted application.

    The caller's transaction holds the consent's row, so that nobody withdraws it meanwhile. No consent is
    written: the person gave none, and trust that staff take back leaves nothing behind.
    """
    account = remembered_account(consent, accounts)
    return grant_access(
        request,
        user=user,
        granted=request.scopes,
        account_uuid=account.uuid if account else None,
        now=timezone.now(),
    )


def remembered_account(consent: Consent | None, accounts: Sequence[Account]) -> Account | None:
    """Return the account chosen last if it is still among those of the person, or the first, or None."""
    chosen = [one for one in accounts if consent is not None and one.uuid == consent.account_uuid]
    return next(iter([*chosen, *accounts]), None)
