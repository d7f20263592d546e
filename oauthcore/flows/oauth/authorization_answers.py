"""Answers to authorization requests: a decision, with its code or token, for the redirect target."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import Account, User
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.approval import Approval
from oauthcore.flows.oauth.consent.decision import decide_approval, decide_denial, decide_without_page
from oauthcore.flows.oauth.consent.question import Ticked
from oauthcore.flows.oauth.consent.shown_page import PageNotValid, ShownPage
from oauthcore.flows.oauth.redirect_target import Answer
from oauthcore.models import AuthorizationCode
from oauthcore.models.database import atomic, retried
from oauthcore.models.issuing import issue
from oauthcore.models.lifetimes import code_end
from oauthcore.recording import legacy_use
from oauthcore.rules.oauth.redirect_uris import without_query
from oauthcore.rules.oauth.scopes import render
from oauthcore.rules.tokens.secrets import SecretKind


@retried
def answer_approval(
    page: ShownPage, request: AuthorizationRequest, *, user: User, ticked: Ticked, account_uuid: UUID | None
) -> Answer:
    """Approve a page and return the answer with the code or token. Raises as ``decide_approval`` does."""
    with atomic():
        approval = decide_approval(page, request.access, user=user, ticked=ticked, account_uuid=account_uuid)
        answer = _answer_with(approval, request)
    note_habits(request)
    return answer


def answer_denial(page: ShownPage, request: AuthorizationRequest, *, user: User) -> Answer:
    """Deny a page and return the answer with the error. Raises as ``decide_denial`` does."""
    refusal = decide_denial(page, request.access, user=user)
    if request.pushed is not None:
        request.pushed.use(now=timezone.now())
    return request.target.refusal(refusal, request.state)


def answer_without_page(request: AuthorizationRequest, *, user: User, accounts: Sequence[Account]) -> Answer:
    """Return the answer with a code, without showing a page, in the caller's transaction.

    The caller notes the legacy use of the request after its transaction is committed.
    """
    consent = request.target.consent
    with atomic(savepoint=False):
        approval = decide_without_page(request.access, consent, user=user, accounts=accounts)
        return _answer_with(approval, request)


def note_habits(request: AuthorizationRequest) -> None:
    """Count the legacy use in a request. Call it once, after its grant was opened."""
    for habit in request.habits:
        legacy_use.note(request.application, habit, example=without_query(request.target.redirect_uri))


def _answer_with(approval: Approval, request: AuthorizationRequest) -> Answer:
    if request.pushed is not None and not request.pushed.use(now=approval.at):
        raise PageNotValid("the pushed request was answered before")
    return _with_token(approval, request) if request.is_implicit else _with_code(approval, request)


def _with_code(approval: Approval, request: AuthorizationRequest) -> Answer:
    secret = conf.settings().secret_format.make(SecretKind.CODE)
    AuthorizationCode.objects.create(
        grant=approval.grant,
        digest=secret.digest,
        redirect_uri=request.target.redirect_uri,
        code_challenge=request.challenge.text,
        code_challenge_method=request.challenge.method,
        nonce=request.nonce,
        key_thumbprint=request.key_thumbprint,
        created_at=approval.at,
        expires_at=code_end(approval.at),
    )
    return request.target.answer({"code": secret.reveal(), "state": request.state})


def _with_token(approval: Approval, request: AuthorizationRequest) -> Answer:
    grant = approval.grant
    issued = issue(grant, scopes=grant.scopes, account_uuid=grant.account_uuid, now=approval.at)
    expires_in = issued.expires_in
    return request.target.answer(
        {
            "access_token": issued.access_token.reveal(),
            "token_type": "Bearer",
            "expires_in": None if expires_in is None else str(expires_in),
            "scope": render(issued.scopes),
            "state": request.state,
        }
    )
