"""Approval: what a yes writes, consent first, then the grant with its code or token (RFC 6749 §4.1, §4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from oauthcore import conf
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.redirect_target import Answer
from oauthcore.models import Application, AuthorizationCode, Consent, Grant
from oauthcore.models.database import atomic
from oauthcore.models.issuing import issue
from oauthcore.recording import legacy_use
from oauthcore.rules.oauth.redirect_uris import without_query
from oauthcore.rules.oauth.scopes import Scopes, render
from oauthcore.rules.tokens.secrets import SecretKind


def approve(
    request: AuthorizationRequest,
    *,
    user: Any,
    approved: Scopes,
    withheld: Scopes,
    kept: Scopes,
    account_uuid: UUID | None,
    now: datetime,
) -> Answer | None:
    """Remember the consent, then open the grant of an approval; return the answer that carries its code.

    None when what was ``kept`` from an earlier consent has been withdrawn since: then nothing is written.
    Part of the caller's transaction where there is one, so that page and grant stand or fall together.
    """
    with atomic(savepoint=False):
        remembered = Consent.remember(
            user=user,
            application=request.application,
            scopes=approved,
            withheld=withheld,
            kept=kept,
            account_uuid=account_uuid,
            now=now,
        )
        if not remembered:
            return None
        return grant_access(request, user=user, granted=approved, account_uuid=account_uuid, now=now)


def note_habits(request: AuthorizationRequest) -> None:
    """Count what of a request OAuth 2.1 would refuse; once, when its grant is open."""
    for habit in request.habits:
        legacy_use.note(request.application, habit, example=without_query(request.target.redirect_uri))


def grant_access(
    request: AuthorizationRequest, *, user: Any, granted: Scopes, account_uuid: UUID | None, now: datetime
) -> Answer:
    """Open a grant under a consent that is there; return the answer that carries its code, or its token."""
    with atomic(savepoint=False):
        grant = Grant.open_for_person(
            application=request.application,
            user=user,
            scopes=granted,
            account_uuid=account_uuid,
            now=now,
            refreshes=not request.is_implicit,
        )
        _note_first(request.application, now=now)
        if request.is_implicit:
            return _with_token(request, grant, now=now)
        return _with_code(request, grant, now=now)


def _note_first(application: Application, *, now: datetime) -> None:
    """Remember that somebody approved an application that registered itself: unused ones are removed."""
    if application.is_self_registered and application.first_approved_at is None:
        rows = Application.objects.filter(pk=application.pk, first_approved_at=None)
        rows.update(first_approved_at=now)


def _with_code(request: AuthorizationRequest, grant: Grant, *, now: datetime) -> Answer:
    secret = conf.settings().secret_format.make(SecretKind.CODE)
    AuthorizationCode.objects.create(
        grant=grant,
        digest=secret.digest,
        redirect_uri=request.target.redirect_uri,
        code_challenge=request.challenge.text,
        code_challenge_method=request.challenge.method,
        created_at=now,
        expires_at=now + timedelta(seconds=conf.settings().AUTHORIZATION_CODE_LIFETIME),
    )
    return request.target.answer({"code": secret.text, "state": request.state})


def _with_token(request: AuthorizationRequest, grant: Grant, *, now: datetime) -> Answer:
    issued = issue(grant, scopes=grant.scopes, account_uuid=grant.account_uuid, now=now)
    expires_in = issued.expires_in
    return request.target.answer(
        {
            "access_token": issued.access_token.text,
            "token_type": "Bearer",
            "expires_in": None if expires_in is None else str(expires_in),
            "scope": render(issued.scopes),
            "state": request.state,
        }
    )
