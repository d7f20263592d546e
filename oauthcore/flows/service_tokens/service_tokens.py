"""What staff do with service tokens: make, change, rotate and revoke them (wire §5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.service_tokens.limits import Limits, check, columns, mark_of
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Grant, LimitWindow, SecurityEvent, ServiceToken, Token
from oauthcore.models.database import atomic, retried
from oauthcore.models.liveness import has_passed
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.recording import events
from oauthcore.recording.single_answer import SingleAnswer
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind

Kind = SecurityEvent.Kind


class ChangedMeanwhile(Exception):
    """Somebody else changed the token after the form was opened. ``mark`` identifies its present limits."""

    def __init__(self, mark: str) -> None:
        super().__init__("the token was changed meanwhile")
        self.mark = mark


class TooManyServiceTokens(Exception):
    """The account, or the site without accounts, has the largest allowed number of live service tokens."""


@retried
def make(
    account_uuid: UUID | None, limits: Limits, *, staff: User | None, page: SingleAnswer | None = None
) -> tuple[ServiceToken, Secret]:
    """Make a service token for an account; return it with its secret, which cannot be shown again.

    On a site without accounts ``account_uuid`` is None, and the token works on the whole site.
    The nonce of the form becomes its UUID, so that a second answer to the form finds the existing token.
    Raises ValidationError with the wrong fields, TooManyServiceTokens, and AnsweredBefore.
    """
    check(limits, now=timezone.now(), account_uuid=account_uuid)
    with atomic():
        if page is not None:
            page.claim()
        now = _take_room(account_uuid)
        made = ServiceToken.objects.create(
            kind=Grant.Kind.SERVICE,
            uuid=UUID(page.nonce) if page else uuid4(),
            account_uuid=account_uuid,
            created_at=now,
            **columns(limits),
        )
        secret = _issue(made, now=now)
        events.record(Kind.SERVICE_TOKEN_MADE, grant=made, user=staff, reason=made.label, at=now)
    return made, secret


@retried
def change(token: ServiceToken, limits: Limits, *, staff: User, seen: str | None = None) -> list[str]:
    """Change the limits of a service token from its next request on; return the names of the changed limits.

    A revoked token does not change. An expired token with a new end counts against the maximum again.
    ``seen`` is the mark of the limits in the form: staff must not undo a change that they have not seen.
    Raises ValidationError with the wrong fields, TooManyServiceTokens and ChangedMeanwhile.
    """
    now = timezone.now()
    check(limits, now=now, was=token)
    with atomic():
        found = _locked(token)
        if seen is not None and seen != mark_of(found):
            raise ChangedMeanwhile(mark_of(found))
        values = columns(limits)
        changed = [name for name, value in values.items() if getattr(found, name) != value]
        if found.revoked_at is not None or not changed:
            return []
        if has_passed(found.expires_at, now) and not has_passed(limits.expires_at, now):
            _take_room(found.account_uuid)
        for name in changed:
            setattr(found, name, values[name])
        found.save(update_fields=changed)
        Token.objects.filter(grant=found).update(scopes=found.scopes)
        events.record(Kind.SERVICE_TOKEN_CHANGED, grant=found, user=staff, reason=", ".join(changed), at=now)
    return changed


@retried
def rotate(
    token: ServiceToken, *, overlap: timedelta, staff: User | None, page: SingleAnswer | None = None
) -> Secret | None:
    """Issue a new secret and return it. The secret before it lives for the overlap; older ones end now.

    Returns None and changes nothing if the token has ended or expired. Raises AnsweredBefore.
    """
    with atomic():
        found = _locked(token)
        now = timezone.now()  # read after the lock: what another rotation ended has ended by now
        if not found.is_live(now):
            return None
        if page is not None:
            page.claim()
        found.tokens.all().give_way(overlap=overlap, now=now)
        secret = _issue(found, now=now)
        reason = f"the one before it ends after {int(overlap.total_seconds())} seconds"
        events.record(Kind.SERVICE_TOKEN_ROTATED, grant=found, user=staff, reason=reason, at=now)
    return secret


def revoke(token: ServiceToken, *, reason: str, staff: User | None) -> bool:
    """End a service token; return whether this call ended it."""
    return end_grant(token, reason, now=timezone.now(), by=staff)


def find_by_text(text: HiddenText) -> Token | None:
    """Return the token with this text, of any kind, or None. It takes one query by digest."""
    secret = shown_secret(text)
    if secret is None or secret.kind in (SecretKind.CODE, SecretKind.CLIENT_SECRET):
        return None
    return Token.find(secret)


def _take_room(account_uuid: UUID | None) -> datetime:
    """Return the present time if the account has room for one more token; raise TooManyServiceTokens."""
    # Accounts have no row here that could be locked. Without a lock two requests would both find room.
    key = sha256(f"service tokens of {account_uuid}".encode()).digest()
    LimitWindow.hold(key, now=timezone.now())
    now = timezone.now()
    if _live(account_uuid, now=now) >= conf.settings().SERVICE_TOKENS_PER_ACCOUNT:
        raise TooManyServiceTokens
    return now


def _live(account_uuid: UUID | None, *, now: datetime) -> int:
    return ServiceToken.objects.live(now).filter(account_uuid=account_uuid).count()


def _locked(token: ServiceToken) -> ServiceToken:
    return ServiceToken.objects.select_for_update().get(pk=token.pk)


def _issue(token: ServiceToken, *, now: datetime) -> Secret:
    secret = conf.settings().secret_format.make(SecretKind.SERVICE)
    Token.objects.create(
        kind=Token.Kind.ACCESS,
        grant=token,
        digest=secret.digest,
        hint=secret.hint,
        scopes=token.scopes,
        account_uuid=token.account_uuid,
        created_at=now,
    )
    return secret
