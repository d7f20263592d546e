"""Approval: what a yes writes, consent first and then the grant with its code (RFC 6749 §4.1.2)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from oauthcore import conf
from oauthcore.flows.authorize import AuthorizationRequest
from oauthcore.models import Application, AuthorizationCode, Consent, Grant
from oauthcore.models.database import primary
from oauthcore.rules.scopes import Scopes
from oauthcore.rules.secrets import SecretKind


def approve(
    request: AuthorizationRequest, *, user: Any, approved: Scopes, account_uuid: UUID | None, now: datetime
) -> str:
    """Remember the consent, then open the grant of an approval; return the URL that carries its code.

    Part of the caller's transaction where there is one, so that page and grant stand or fall together.
    """
    using = primary()
    with transaction.atomic(using=using):
        Consent.remember(
            user=user,
            application=request.application,
            scopes=approved,
            withheld=request.scopes - approved,
            account_uuid=account_uuid,
            now=now,
            using=using,
        )
        return issue_code(request, user=user, granted=approved, account_uuid=account_uuid, now=now)


def issue_code(
    request: AuthorizationRequest, *, user: Any, granted: Scopes, account_uuid: UUID | None, now: datetime
) -> str:
    """Open a grant under a consent that is there; return the URL that carries its code (RFC 6749 §4.1.2)."""
    using = primary()
    secret = conf.settings().secret_format.make(SecretKind.CODE)
    with transaction.atomic(using=using):
        grant = Grant.open_for_person(
            application=request.application,
            user=user,
            scopes=granted,
            account_uuid=account_uuid,
            now=now,
            using=using,
        )
        AuthorizationCode.objects.using(using).create(
            grant=grant,
            digest=secret.digest,
            redirect_uri=request.target.redirect_uri,
            code_challenge=request.code_challenge,
            code_challenge_method=request.code_challenge_method,
            created_at=now,
            expires_at=now + timedelta(seconds=conf.settings().AUTHORIZATION_CODE_LIFETIME),
        )
    return request.target.answer({"code": secret.text, "state": request.state})


def find_consent(user: Any, application: Application) -> Consent | None:
    """Return what the person has approved for the application before."""
    return Consent.objects.using(primary()).filter(user=user, application=application).first()
