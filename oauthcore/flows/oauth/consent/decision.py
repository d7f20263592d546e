"""The decision: approval or denial on a page, or approval without page (RFC 6749 §4.1.1)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from oauthcore.accounts import Account, User
from oauthcore.flows.oauth.consent.approval import Approval, approve, grant_access
from oauthcore.flows.oauth.consent.question import AccessRequest, Ticked, remembered_account
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.flows.oidc.requested_claims import Claims
from oauthcore.models import Consent, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.observing import observed
from oauthcore.recording import events
from oauthcore.rules.errors.oauth import AccessDenied
from oauthcore.rules.oauth.scopes import render


@observed("oauthcore consent approve")
@retried
def decide_approval(
    page: ShownPage, asked: AccessRequest, *, user: User, ticked: Ticked, account_uuid: UUID | None
) -> Approval:
    """Approve a page. It joins the transaction of the caller; a refusal rolls it back.

    Raises PageNotValid, and grants nothing, for a second answer and for a scope or claim that was not shown.
    It is also raised if one that the page showed as approved has been withdrawn since, or was for another
    account.
    """
    question = page.question
    decided = question.decide(ticked)
    if not decided.scopes or not question.was_asked(ticked):
        raise PageNotValid("a scope or claim was sent that was not shown")
    now = timezone.now()
    with atomic(savepoint=False):
        page.claim()
        approval = approve(
            asked,
            user=user,
            question=question,
            decided=decided,
            account_uuid=account_uuid,
            now=now,
        )
        if approval is None:
            raise PageNotValid("the consent that the page built on was withdrawn")
        events.record(
            SecurityEvent.Kind.CONSENT_GIVEN,
            user=user,
            application=asked.application,
            reason=f"scopes: {render(decided.scopes)}{_for(asked.resources)}{_knowing(decided.claims)}",
            at=now,
        )
    return approval


def _for(resources: frozenset[str]) -> str:
    return f" for {render(resources)}" if resources else ""


def _knowing(claims: Claims) -> str:
    return f"; claims: {render(claims)}" if claims else ""


@observed("oauthcore consent deny")
@retried
def decide_denial(page: ShownPage, asked: AccessRequest, *, user: User) -> AccessDenied:
    """Deny a page; return the refusal. Raises PageNotValid for a second answer."""
    with atomic():
        page.claim()
        events.record(SecurityEvent.Kind.CONSENT_DENIED, user=user, application=asked.application)
    return AccessDenied("the person said no")


def decide_without_page(
    asked: AccessRequest, consent: Consent | None, *, user: User, accounts: Sequence[Account]
) -> Approval:
    """Approve a request that was approved before, or the request of a trusted application.

    The transaction of the caller has locked the consent, so that it cannot be withdrawn meanwhile. No consent
    is written for a trusted application. So nothing stays if staff end their trust.
    """
    account = remembered_account(consent, accounts)
    return grant_access(
        asked,
        user=user,
        granted=asked.scopes,
        claims=_remembered_claims(asked, consent),
        consent=consent,
        account_uuid=account.uuid if account else None,
        now=timezone.now(),
    )


def _remembered_claims(asked: AccessRequest, consent: Consent | None) -> Claims:
    """Return the claims that the person approved. A trusted application gets all that were not withheld."""
    if asked.application.is_trusted:
        return asked.claim_names - (consent.withheld_claims if consent else frozenset())
    return asked.claim_names & (consent.claims if consent else frozenset())
