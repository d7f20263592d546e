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
from oauthcore.flows.approve import approve, issue_code
from oauthcore.flows.authorize import AuthorizationRequest
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
    def parse(
        cls, text: str | None, request: AuthorizationRequest, *, user: Any, session_key: str
    ) -> ShownPage:
        """Return the page of a transaction; raise PageNotValid unless all that it is bound to is the same."""
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
    """Answer a page with yes and return the URL that carries the code.

    Raises PageNotValid for a second answer, and for a scope that was not shown: then nothing is granted.
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


def needs_page(request: AuthorizationRequest, consent: Consent | None, accounts: Sequence[Account]) -> bool:
    """Return whether the person has to be asked, given what they have approved before and their accounts.

    On a device another program could pose as the application, even as a trusted one, so there consent is
    asked each time (RFC 8252 §8.6); and it is asked again where the account that was approved is gone.
    """
    if "consent" in request.prompts or request.target.is_impersonable:
        return True
    if request.application.is_trusted:
        return False
    if consent is None:
        return True
    if accounts and consent.account_uuid not in [account.uuid for account in accounts]:
        return True
    return not conf.settings().vocabulary.is_within(request.scopes, consent.scopes)


def decide_without_page(
    request: AuthorizationRequest, consent: Consent | None, *, user: Any, accounts: Sequence[Account]
) -> str:
    """Return the URL that carries a code for what was approved before, or for a trusted application.

    No consent is written: the person gave none, and trust that staff take back leaves nothing behind.
    """
    account = remembered_account(consent, accounts)
    return issue_code(
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
