"""Approval: it writes the consent first, then the grant (RFC 6749 §4.1, §4.2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from oauthcore.accounts import User
from oauthcore.flows.oauth.consent.question import (
    AccessRequest,
    Decided,
    Question,
    new_for_application,
    within_reach,
)
from oauthcore.flows.oidc.requested_claims import Claims, claims_without_openid
from oauthcore.models import Application, Consent, Grant, RelyingPartySession
from oauthcore.models.database import atomic, primary
from oauthcore.models.subjects import pairwise_subject_of, subject_of
from oauthcore.recording import logouts
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims import OPENID


@dataclass(frozen=True)
class Approval:
    """An approval: the grant that it opened, and when. The caller makes a code or a token of it."""

    grant: Grant
    at: datetime


def approve(
    asked: AccessRequest,
    *,
    user: User,
    question: Question,
    decided: Decided,
    account_uuid: UUID | None,
    now: datetime,
) -> Approval | None:
    """Remember the consent, then open its grant.

    Returns None, and writes nothing, if a scope or claim that the question keeps from an earlier consent has
    been withdrawn since.
    It joins the transaction of the caller, so that page and grant are written together.
    """
    with atomic(savepoint=False):
        _take_scopes(asked.application, decided.scopes)
        consent = Consent.remember(
            user=user,
            application=asked.application,
            scopes=decided.scopes,
            resources=asked.resources,
            withheld=decided.withheld,
            kept=question.kept,
            claims=decided.claims,
            withheld_claims=decided.withheld_claims,
            kept_claims=question.kept_claims,
            account_uuid=account_uuid,
            redirect_host=asked.redirect_host,
            now=now,
        )
        if consent is None:
            return None
        return grant_access(
            asked,
            user=user,
            granted=decided.scopes,
            claims=decided.claims,
            consent=consent,
            account_uuid=account_uuid,
            now=now,
        )


def grant_access(
    asked: AccessRequest,
    *,
    user: User,
    granted: Scopes,
    claims: Claims,
    consent: Consent | None,
    account_uuid: UUID | None,
    now: datetime,
) -> Approval:
    """Open a grant under a consent that exists, or without one for a trusted application."""
    given = consent.given_claims if consent else None
    told = asked.claims.approved(claims) if asked.claims else claims_without_openid(granted, given)
    with atomic(savepoint=False):
        grant = Grant.open_for_person(
            application=asked.application,
            user=user,
            scopes=granted,
            account_uuid=account_uuid,
            now=now,
            refreshes=asked.is_refreshable,
            resources=asked.resources,
            login=asked.login,
            claims=told,
            sid=_session_at(asked, user, granted, now=now),
        )
        _note_first(asked.application, now=now)
    return Approval(grant, now)


def _session_at(asked: AccessRequest, user: User, granted: Scopes, *, now: datetime) -> UUID | None:
    """Return the ``sid`` of the person's session at the application, for an OpenID grant in a browser."""
    if OPENID not in granted or asked.browser is None:
        return None
    own = pairwise_subject_of(asked.application, user)
    session = RelyingPartySession.begin(
        browser=asked.browser,
        application=asked.application,
        user=user,
        subject=subject_of(Grant(user=user, pairwise_subject=own)),
        now=now,
    )
    if session.created_at == now:  # it began just now, maybe while the person logs out in another tab
        transaction.on_commit(partial(logouts.end_if_late, asked.browser), using=primary(), robust=True)
    return session.sid


def _take_scopes(application: Application, granted: Scopes) -> None:
    """Add the open scopes that a person has just approved to a self-registered application.

    The row is locked before rows with a foreign key to it are written. Otherwise two approvals could
    deadlock.
    """
    new = new_for_application(application, granted)
    if not new or not new <= within_reach(application):
        return
    locked = Application.objects.select_for_update().get(pk=application.pk)
    application.scopes = locked.scopes | (new & within_reach(locked))
    Application.objects.filter(pk=application.pk).update(scopes=application.scopes)


def _note_first(application: Application, *, now: datetime) -> None:
    """Remember that a self-registered application was approved. Those without approval are removed later."""
    if application.is_self_registered and application.first_approved_at is None:
        rows = Application.objects.filter(pk=application.pk, first_approved_at=None)
        rows.update(first_approved_at=now)
