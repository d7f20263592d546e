"""The consent page's decision: signed, bound to what was shown, and made once (OAuth 2.1 §7.10)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils import timezone

from oauthcore import conf, events
from oauthcore.accounts import Account
from oauthcore.flows.authorize import AuthorizationRequest, approve, issue_code
from oauthcore.models import AnsweredPage, Consent, SecurityEvent
from oauthcore.models.database import primary
from oauthcore.rules.errors import AccessDenied, OAuthError
from oauthcore.rules.scopes import Scopes, render
from oauthcore.rules.secrets import digest_of

_SALT = "oauthcore.consent"


class PageNotValid(OAuthError):
    """The page that was answered is not the one that was shown here, is too old, or was answered before."""

    error = "invalid_request"
    status = 400


@dataclass(frozen=True)
class ShownPage:
    """A consent page as it was shown: to whom, for which request, with which scopes and accounts."""

    nonce: str
    scopes: Scopes
    account_uuids: tuple[str, ...]

    @classmethod
    def sign(
        cls, request: AuthorizationRequest, *, user: Any, session_key: str, accounts: Sequence[Account]
    ) -> str:
        """Return the signed transaction that a new page carries."""
        content = {
            "nonce": secrets.token_urlsafe(16),
            "scopes": render(request.scopes),
            "accounts": [str(account.uuid) for account in accounts],
            "page": _fingerprint(request, user=user, session_key=session_key),
        }
        return signing.dumps(content, salt=_SALT, compress=True)

    @classmethod
    def open(
        cls, text: str | None, request: AuthorizationRequest, *, user: Any, session_key: str
    ) -> ShownPage:
        """Return the page that a transaction belongs to; raise PageNotValid unless all it is bound to is the
        same."""
        try:
            content = signing.loads(text or "", salt=_SALT, max_age=conf.settings().CONSENT_LIFETIME)
        except signing.BadSignature:
            raise PageNotValid("the transaction is missing, too old or not ours") from None
        if content["page"] != _fingerprint(request, user=user, session_key=session_key):
            raise PageNotValid("the transaction belongs to another page, person or session")
        return cls(content["nonce"], frozenset(content["scopes"].split()), tuple(content["accounts"]))


def _fingerprint(request: AuthorizationRequest, *, user: Any, session_key: str) -> str:
    parts = (
        session_key,
        str(user.pk),
        user.get_session_auth_hash(),
        str(request.application.pk),
        request.target.redirect_uri,
        render(request.scopes),
        request.code_challenge,
        request.state or "",
    )
    return sha256("\x00".join(parts).encode()).hexdigest()


def decide_approval(
    page: ShownPage, request: AuthorizationRequest, *, user: Any, approved: Scopes, account_uuid: UUID | None
) -> str:
    """Answer a page with yes and return the URL that carries the code; raise PageNotValid for a second
    answer.

    The scopes must be among those shown, or nothing is granted.
    """
    if not approved or not approved <= page.scopes:
        raise PageNotValid("a scope was sent that was not shown")
    now = timezone.now()
    with transaction.atomic(using=primary()):
        _claim(page)
        url = approve(request, user=user, approved=approved, account_uuid=account_uuid, now=now)
        events.record(
            SecurityEvent.Kind.CONSENT_GIVEN,
            user=user,
            application=request.application,
            reason=f"scopes: {render(approved)}",
            at=now,
        )
    return url


def decide_denial(page: ShownPage, request: AuthorizationRequest, *, user: Any) -> str:
    """Answer a page with no and return the URL that says so; raise PageNotValid for a second answer."""
    with transaction.atomic(using=primary()):
        _claim(page)
        events.record(SecurityEvent.Kind.CONSENT_DENIED, user=user, application=request.application)
    return request.target.refusal(AccessDenied("the person said no"), request.state)


def _claim(page: ShownPage) -> None:
    expires_at = timezone.now() + timedelta(seconds=conf.settings().CONSENT_LIFETIME)
    if not AnsweredPage.claim(digest_of(page.nonce), expires_at=expires_at, using=primary()):
        raise PageNotValid("the page was answered before")


def decide_without_page(
    request: AuthorizationRequest, consent: Consent | None, *, user: Any, accounts: Sequence[Account]
) -> str:
    """Return the URL that carries a code for what was approved before, or for a trusted application."""
    now, account = timezone.now(), remembered_account(consent, accounts)
    account_uuid = account.uuid if account else None
    vocabulary = conf.settings().vocabulary
    if consent is None or not vocabulary.is_within(request.scopes, consent.scopes):
        return approve(request, user=user, approved=request.scopes, account_uuid=account_uuid, now=now)
    return issue_code(request, user=user, granted=request.scopes, account_uuid=account_uuid, now=now)


def remembered_account(consent: Consent | None, accounts: Sequence[Account]) -> Account | None:
    """Return the account chosen last if it is still among those of the person, or the first, or None."""
    chosen = [one for one in accounts if consent is not None and one.uuid == consent.account_uuid]
    return next(iter([*chosen, *accounts]), None)


def knows_account(consent: Consent | None, accounts: Sequence[Account]) -> bool:
    """Return whether there is nothing to ask about accounts: there are none, or the one that was approved is
    still there."""
    return not accounts or any(consent is not None and one.uuid == consent.account_uuid for one in accounts)
