"""Leaks: ending the secrets of this site in a text, without repeating them anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.applications.client_secrets import live_secrets
from oauthcore.flows.tokens.ending import end_grant, end_token
from oauthcore.models import (
    Application,
    AuthorizationCode,
    ClientSecret,
    DeviceAuthorization,
    DynamicRegistration,
    Grant,
    InitialAccessToken,
    MFAChallenge,
    SecurityEvent,
    ServiceToken,
    Token,
)
from oauthcore.models.database import atomic, retried
from oauthcore.models.liveness import has_passed
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.recording import events
from oauthcore.rules.imports.foreign_secrets import ForeignSecret
from oauthcore.rules.tokens.leaked import Candidate, candidates
from oauthcore.rules.tokens.secrets import Secret, SecretKind, digest_of

_REASON = "leaked"


class Outcome(StrEnum):
    """The result for one find."""

    ENDED = "ended"
    WOULD_END = "would_end"  # in a dry run
    OVER = "over"  # it was ended, expired or rotated before
    REPEATED = "repeated"  # it was found in an earlier line
    UNKNOWN = "unknown"  # well formed, but never issued, or removed since
    MISTYPED = "mistyped"  # it begins like a secret of this site, but is mistyped or cut
    FOREIGN = "foreign"  # one long word that is not a secret of this site
    FAILED = "failed"  # the database refused; the next run tries again


class Extent(StrEnum):
    """How much a leaked secret ends."""

    GRANT = "grant"  # everything under it
    SECRET = "secret"  # this secret; the application has another one
    LAST_SECRET = "last_secret"  # this secret; the application has no other


@dataclass(frozen=True)
class Find:
    """A secret that was found in a line. It does not contain the secret, so it can be printed and logged."""

    outcome: Outcome
    kind: SecretKind | None = None
    hint: str = ""
    extent: Extent | None = None
    grant: Grant | None = None
    application: Application | None = None
    user: User | None = None
    line: int = 0


@dataclass
class Search:
    """A search through a text. With ``is_dry`` it changes nothing, and says what would change."""

    is_dry: bool = False
    _seen: set[bytes] = field(default_factory=set, init=False, repr=False)
    _client_secrets: dict[bytes, int] | None = field(default=None, init=False, repr=False)

    def through(self, lines: Iterable[str]) -> Iterator[Find]:
        """End the secrets in the lines one by one, and yield a find for each.

        An access token, a refresh token or a code ends its grant, even if it has expired: its successors may
        have leaked too, and the person can approve again. Nobody can approve service tokens, client secrets
        and client-credentials tokens again, so they are ended only if they are live. A secret that was
        rotated before has no effect.
        """
        secret_format = conf.settings().secret_format
        # The line is not kept in a variable, because error reports show variables.
        found = ((at, candidates(line, secret_format)) for at, line in enumerate(lines, start=1))
        for at, in_line in found:
            yield from (replace(self._find(one), line=at) for one in in_line)

    def _find(self, candidate: Candidate) -> Find:
        secret = candidate.secret
        text = secret.text if secret else candidate.word
        if text is None:
            return Find(Outcome.MISTYPED)
        digest, kind = digest_of(text.reveal()), secret.kind if secret else None
        if digest in self._seen:
            return Find(Outcome.REPEATED, kind, secret.hint if secret else "")
        try:
            found = self._look_up(secret or shown_secret(text), digest, timezone.now())
        except DatabaseError:
            return Find(Outcome.FAILED, kind, secret.hint if secret else "")
        self._seen.add(digest)
        return found

    @retried
    def _look_up(self, secret: Secret | None, digest: bytes, now: datetime) -> Find:
        secret = None if isinstance(secret, ForeignSecret) and Token.find(secret) is None else secret
        if secret is None or secret.kind is SecretKind.CLIENT_SECRET:
            return self._end_client_secret(digest, now) or _unknown(secret)
        if secret.kind is SecretKind.CODE:
            codes = AuthorizationCode.objects.filter(digest=secret.digest)
            code = codes.select_related("grant__user", "grant__application").first()
            return self._end_grant(secret, code.grant, now) if code else _unknown(secret)
        if secret.kind is SecretKind.DEVICE_CODE:
            return self._end_device_code(secret, now)
        if secret.kind is SecretKind.MFA:
            return self._end_challenge(secret, now)
        if secret.kind is SecretKind.INITIAL_ACCESS:
            return self._end_admission(secret, now)
        if secret.kind is SecretKind.REGISTRATION:
            return self._end_management(secret, now)
        token = Token.find(secret)
        if token is None:
            return _unknown(secret)
        if token.grant.kind in (Grant.Kind.CLIENT, Grant.Kind.SERVICE):
            return self._end_machine_token(secret, token, now)
        return self._end_grant(secret, token.grant, now)

    def _end_challenge(self, secret: Secret, now: datetime) -> Find:
        challenge = MFAChallenge.find(digest=secret.digest)
        if challenge is None:
            return _unknown(secret)
        is_done = challenge.obstacle(now) is None
        if is_done and not self.is_dry:
            is_done = _once(partial(challenge.end, now=now), now, user=challenge.user)
        outcome = self._outcome(is_done=is_done)
        return Find(outcome, secret.kind, secret.hint, Extent.SECRET, user=challenge.user)

    def _end_admission(self, secret: Secret, now: datetime) -> Find:
        admission = InitialAccessToken.find(secret)
        if admission is None:
            return _unknown(secret)
        is_done = admission.obstacle(now) is None
        if is_done and not self.is_dry:
            is_done = _once(partial(admission.revoke, now=now), now)
        return Find(self._outcome(is_done=is_done), secret.kind, secret.hint, Extent.SECRET)

    def _end_management(self, secret: Secret, now: datetime) -> Find:
        registration = DynamicRegistration.find(secret)
        if registration is None:
            return _unknown(secret)
        application, is_done = registration.application, True
        if not self.is_dry:
            is_done = _once(registration.end_management, now, application=application)
        outcome = self._outcome(is_done=is_done)
        return Find(outcome, secret.kind, secret.hint, Extent.SECRET, application=application)

    def _end_device_code(self, secret: Secret, now: datetime) -> Find:
        """End the grant of a device code. A code that waits for its person is refused."""
        rows = DeviceAuthorization.objects.select_related("application", "grant__user", "grant__application")
        found = rows.filter(digest=secret.digest).first()
        if found is None:
            return _unknown(secret)
        if found.grant is not None:
            return self._end_grant(secret, found.grant, now)
        refuse = partial(_once, partial(found.deny, now=now), now, application=found.application)
        is_done = found.is_waiting(now) and (self.is_dry or refuse())
        outcome = self._outcome(is_done=is_done)
        return Find(outcome, secret.kind, secret.hint, Extent.SECRET, application=found.application)

    def _end_grant(self, secret: Secret, grant: Grant, now: datetime) -> Find:
        is_live = not _is_over(grant, now)
        is_done = is_live and (self.is_dry or end_grant(grant, _REASON, now=now))
        return self._told(secret, grant, Extent.GRANT, is_done=is_done)

    def _end_machine_token(self, secret: Secret, token: Token, now: datetime) -> Find:
        if token.revoked_at is not None or has_passed(token.expires_at, now):
            return self._told(secret, token.grant, Extent.SECRET, is_done=False)
        if token.grant.kind == Grant.Kind.SERVICE and not _is_in_rotation(token, now):
            return self._end_grant(secret, token.grant, now)
        is_live = not _is_over(token.grant, now)
        is_done = is_live and (self.is_dry or end_token(token, _REASON, now=now))
        return self._told(secret, token.grant, Extent.SECRET, is_done=is_done)

    def _told(self, secret: Secret, grant: Grant, extent: Extent, *, is_done: bool) -> Find:
        outcome = self._outcome(is_done=is_done)
        return Find(outcome, secret.kind, secret.hint, extent, grant, grant.application, grant.user)

    def _outcome(self, *, is_done: bool) -> Outcome:
        if not is_done:
            return Outcome.OVER
        return Outcome.WOULD_END if self.is_dry else Outcome.ENDED

    def _end_client_secret(self, digest: bytes, now: datetime) -> Find | None:
        rows, number = ClientSecret.objects, self._numbers().get(digest)
        found = rows.filter(pk=number or 0).select_related("application__owner").first()
        if found is None:
            return None
        application = found.application
        with atomic():
            # The application's row is the lock of its secrets.
            Application.objects.select_for_update().filter(pk=application.pk).first()
            live = [one.pk for one in live_secrets(application, now=now)]
            is_done = found.pk in live
            if is_done and not self.is_dry:
                rows.filter(pk=found.pk).update(expires_at=now)
                events.record(
                    SecurityEvent.Kind.SECRET_ROTATED, application=application, reason=_REASON, at=now
                )
        return Find(
            self._outcome(is_done=is_done),
            SecretKind.CLIENT_SECRET,
            found.hint,
            Extent.LAST_SECRET if live == [found.pk] else Extent.SECRET,
            application=application,
            user=application.owner,
        )

    def _numbers(self) -> dict[bytes, int]:
        """Return the numbers of all client secrets by digest. It reads them once: the column has no index."""
        if self._client_secrets is None:
            rows = ClientSecret.objects
            self._client_secrets = {
                bytes(digest): pk for pk, digest in rows.values_list("pk", "digest") if digest
            }
        return self._client_secrets


def _unknown(secret: Secret | None) -> Find:
    return Find(Outcome.UNKNOWN, secret.kind, secret.hint) if secret else Find(Outcome.FOREIGN)


def _once(end: Callable[[], bool], now: datetime, **whose: Any) -> bool:
    """End something and record one security event; return whether this call ended it."""
    with atomic():
        is_done = end()
        if is_done:
            events.record(SecurityEvent.Kind.REVOKED, reason=_REASON, at=now, **whose)
    return is_done


def _is_over(grant: Grant, now: datetime) -> bool:
    # Staff can extend an expired service token, and then the leaked secret would be live again.
    is_final = grant.kind != Grant.Kind.SERVICE
    return grant.revoked_at is not None or (is_final and has_passed(grant.expires_at, now))


def _is_in_rotation(token: Token, now: datetime) -> bool:
    service = ServiceToken.objects.get(pk=token.grant_id)
    return service.live_secrets(now).exclude(pk=token.pk).exists()
