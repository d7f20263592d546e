"""Tokens: access tokens and refresh chains. A refresh chain is one row for its whole life."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models import token_statements
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryManager, PrimaryModel
from oauthcore.models.fields import DigestField, WordsField
from oauthcore.models.grants import Grant
from oauthcore.models.inserts import NewRow
from oauthcore.models.lifetimes import idle_lifetime
from oauthcore.models.liveness import Revocable
from oauthcore.models.security_events import SecurityEvent
from oauthcore.rules.imports.foreign_secrets import ForeignSecret, SignedSecret
from oauthcore.rules.tokens.secrets import Secret, SecretKind

#: How many surplus rows one request removes at most, so that a large surplus is removed in steps.
_MOST_AT_ONCE = 500


class Tokens(Revocable["Token"]):
    """Access tokens and refresh chains."""


_Manager = PrimaryManager.from_queryset(Tokens)


class Token(PrimaryModel):
    """An access token, or a refresh chain. Only digests are stored.

    Rotation changes the row of a refresh chain. ``digest`` is of the half that never changes, ``turn`` is of
    the present second half, and ``previous`` of the one before. With a grace period, ``successor`` has the
    present second half, sealed with the previous refresh token: only that token decrypts it.
    """

    class Kind(models.TextChoices):
        """Access or refresh."""

        ACCESS = "access", _("Access token")
        REFRESH = "refresh", _("Refresh token")

    kind = models.CharField(max_length=8, choices=Kind)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="tokens")
    digest = DigestField(unique=True)
    hint = models.CharField(max_length=8, blank=True)
    scopes = WordsField()
    account_uuid = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, db_index=True)
    revoked_at = models.DateTimeField(null=True)
    turn = DigestField(null=True)
    previous = DigestField(null=True)
    turned_at = models.DateTimeField(null=True)
    successor = models.BinaryField(null=True)
    resource = models.CharField(max_length=2000, null=True)  # noqa: DJ001 - null is "any", and most rows
    key_thumbprint = DigestField(null=True)
    # The client ID of the application that acts with it, if it was issued by token exchange (RFC 8693).
    actor = models.CharField(max_length=255, null=True)  # noqa: DJ001 - null is "nobody", and most rows

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_token_turn",
                condition=models.Q(kind="refresh", turn__isnull=False)
                | models.Q(kind="access", turn__isnull=True, previous__isnull=True, turned_at__isnull=True),
            ),
            models.CheckConstraint(
                name="oauthcore_token_lifetime",
                condition=models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=models.F("created_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} token …{self.hint}"

    @classmethod
    def find(cls, secret: Secret) -> Token | None:
        """Return the token of a secret, with grant, user and application, or None: one query.

        A text of another package says nothing of its kind, so an imported token of any kind is returned.
        """
        if isinstance(secret, ForeignSecret):
            return _imported(secret)
        found: Token | None = token_statements.FIND.first(digest=secret.digest)
        wanted = _REFRESH if secret.kind is SecretKind.REFRESH else _ACCESS
        return found if found is not None and found.kind == wanted else None

    @classmethod
    def find_access(cls, secret: Secret) -> Token | None:
        """Return the access or service token of a secret, with grant, user and application, or None.

        It is one query for the columns that the check of a token in a header reads.
        """
        if isinstance(secret, ForeignSecret):
            imported = _imported(secret)
            return imported if imported is not None and imported.kind == cls.Kind.ACCESS else None
        settings = conf.settings()
        find = token_statements.FIND_ACCESS_AND_LOGIN if settings.STEP_UP else token_statements.FIND_ACCESS
        find = token_statements.FIND_ACCESS_AND_CLAIMS if settings.OPENID_CONNECT else find
        found: Token | None = find.first(digest=secret.digest)
        return found if found is not None and found.kind == _ACCESS else None

    @classmethod
    def find_of(cls, application: Application, secret: Secret) -> Token | None:
        """Return the refresh chain of a secret, with grant and user, if it is the application's."""
        find = (
            token_statements.FIND_IMPORTED_OF
            if isinstance(secret, ForeignSecret)
            else token_statements.FIND_OF
        )
        found: Token | None = find.first(digest=secret.digest, application=application.pk)
        found = _of_its_source(found, secret)
        if found is not None:
            found.grant.application = application
        return found

    @classmethod
    def find_of_device(cls, secret: Secret) -> Token | None:
        """Return the refresh chain of a device session, with grant and user, or None: one query."""
        find = (
            token_statements.FIND_IMPORTED_OF_DEVICE
            if isinstance(secret, ForeignSecret)
            else token_statements.FIND_OF_DEVICE
        )
        return _of_its_source(find.first(digest=secret.digest), secret)

    @classmethod
    def keep_newest(cls, grant: Grant, most: int) -> None:
        """Remove access tokens of a grant beyond ``most``: revoked tokens first, then the oldest."""
        rows = cls.objects.filter(grant=grant, kind=cls.Kind.ACCESS)
        newest = rows.order_by(F("revoked_at").asc(nulls_first=True), "-pk").values_list("pk", flat=True)
        surplus = list(newest[most : most + _MOST_AT_ONCE])
        if surplus:
            rows.filter(pk__in=surplus).delete()

    @property
    def ends_at(self) -> datetime | None:
        """When it expires: at its own end or at the end of its grant, whichever comes first."""
        ends = (self.expires_at, self.grant.expires_at, self._idle_end)
        return min((end for end in ends if end is not None), default=None)

    @property
    def _idle_end(self) -> datetime | None:
        """When the refresh chain of a device ends if it is not refreshed, or None for other grants.

        It is computed from the last rotation. Updating ``expires_at`` would change its index at each
        rotation.
        """
        if self.kind != _REFRESH or self.grant.kind != Grant.Kind.SESSION:
            return None
        return (self.turned_at or self.created_at) + idle_lifetime()

    def is_live(self, now: datetime) -> bool:
        """Return whether it and its grant are live."""
        return self.obstacle(now) is None

    def obstacle(self, now: datetime) -> str | None:
        """Return why it cannot be used, for the log and the application's developer, or None."""
        if self.revoked_at is not None:
            return "the token was revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "the token has expired"
        if self._idle_end is not None and self._idle_end <= now:
            return "the device did not refresh for too long"
        is_exchanged = self.kind == _ACCESS and self.actor is not None
        if is_exchanged and not (self.acting and self.acting.is_live):
            return "the application that acts with it is disabled, suspended or deleted"
        return self.grant.obstacle(now)

    def is_held_by(self, application: Application) -> bool:
        """Return whether it was issued to this application: under its grant, or by token exchange."""
        if self.actor is not None:
            return self.actor == application.client_id
        return self.grant.application_id == application.pk

    @cached_property
    def acting(self) -> Application | None:
        """The application that acts with an exchanged token, or None: one query."""
        return None if self.actor is None else Application.objects.filter(client_id=self.actor).first()

    def use(
        self,
        spent: Secret,
        successor: Secret,
        *,
        now: datetime,
        at: bytes | None = None,
        sealed: bytes | None = None,
        rows: Sequence[NewRow] = (),
    ) -> bool:
        """Rotate the chain and insert the rows of new tokens, atomically.

        Return whether ``spent`` was its current refresh token; otherwise nothing changes. ``at`` is the turn
        that the chain stands at, if nobody was given that one, and ``spent`` is the newest that somebody has.
        ``sealed`` keeps the successor, so that the used token can get it again within the grace period. The
        refresh token of another package had an earlier end; from its first turn on the chain lives as long as
        its grant.
        """
        turned: dict[str, object] = {"next": successor.turn, "successor": sealed, "turned_at": now}
        turn, expires_at = token_statements.TURN_AND_INSERT, self.expires_at
        if isinstance(spent, SignedSecret):
            turn, expires_at = token_statements.TURN_IMPORTED_AND_INSERT, self.grant.expires_at
            turned["expires_at"] = expires_at
        if not turn.run(rows, id=self.pk, shown=at or spent.turn, **turned):
            return False
        self.previous, self.turn = at or spent.turn, successor.turn
        self.turned_at, self.successor = now, sealed
        self.expires_at = expires_at
        return True

    def revoke(self, *, now: datetime, event: SecurityEvent) -> bool:
        """End this token alone and add the event, or do neither; return whether this call did."""
        return event.add_with(token_statements.REVOKE_AND_ADD, id=self.pk, revoked_at=now)


# Named once: in Python 3.11 a member of an Enum is slow to find.
_ACCESS, _REFRESH = Token.Kind


def _imported(secret: ForeignSecret) -> Token | None:
    """Return the imported token of a text, of either kind, or None: one query for all its digests."""
    digests = [*secret.digests, *[secret.digests[0]] * (token_statements.MOST_DIGESTS - len(secret.digests))]
    named = {f"digest_{number}": digest for number, digest in enumerate(digests)}
    return _of_its_source(token_statements.FIND_IMPORTED.first(**named), secret)


def _of_its_source(found: Token | None, secret: Secret) -> Token | None:
    """Return what was found, unless a text of another package found a token that was not imported from it."""
    if found is None or not isinstance(secret, ForeignSecret):
        return found
    return found if found.grant.imported_from in secret.sources else None
