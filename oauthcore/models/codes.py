"""Authorization codes: each is used once, and the database decides which request was first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.models import token_statements
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel
from oauthcore.models.fields import DigestField
from oauthcore.models.grants import Grant
from oauthcore.models.inserts import NewRow, UpdateThenInsert
from oauthcore.models.statements import EVERY_COLUMN, Select, Update, param
from oauthcore.rules.oauth.pkce import Challenge
from oauthcore.rules.tokens.secrets import Secret

#: After so many wrong redirect URIs or verifiers of the right client a code stops working (wire §2, Token).
MOST_FAILURES = 5


class AuthorizationCode(PrimaryModel):
    """An authorization code. The row stays after its use, so that a replay is found."""

    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, related_name="codes")
    digest = DigestField(unique=True)
    redirect_uri = models.CharField(max_length=2000)
    code_challenge = models.CharField(max_length=128, blank=True)
    code_challenge_method = models.CharField(max_length=8, blank=True)
    nonce = models.CharField(max_length=255, null=True)  # noqa: DJ001 - null is "none was sent"
    key_thumbprint = DigestField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("authorization code")
        verbose_name_plural = _("authorization codes")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_code_lifetime", condition=models.Q(expires_at__gt=models.F("created_at"))
            )
        ]

    def __str__(self) -> str:
        return f"authorization code {self.pk}"

    @classmethod
    def find_of(cls, application: Application, secret: Secret) -> AuthorizationCode | None:
        """Return the code of a secret, with grant and user, if it is this application's: one query."""
        found: AuthorizationCode | None = _FIND_OF.first(digest=secret.digest, application=application.pk)
        if found is not None:
            found.grant.application = application
        return found

    @property
    def challenge(self) -> Challenge:
        """The PKCE challenge it is bound to."""
        return Challenge(self.code_challenge, self.code_challenge_method)

    def use(self, *, now: datetime, rows: Sequence[NewRow] = ()) -> bool:
        """Mark it as used and insert the rows of its tokens, atomically.

        Return whether this call was the first; otherwise nothing changes.
        """
        return _USE_AND_INSERT.run(rows, id=self.pk, used_at=now)

    def count_failure(self) -> None:
        """Count a failed redemption by the right client."""
        AuthorizationCode.objects.filter(pk=self.pk).update(failures=F("failures") + 1)

    def is_live(self, now: datetime) -> bool:
        """Return whether it could be redeemed now, apart from whether it was used."""
        return self.obstacle(now) is None

    def obstacle(self, now: datetime) -> str | None:
        """Return why it could not be redeemed now, apart from whether it was used, or None."""
        if self.failures >= MOST_FAILURES:
            return f"{MOST_FAILURES} wrong redirect URIs or verifiers have burned the code"
        return "the code has expired" if now >= self.expires_at else self.grant.obstacle(now)


_FIND_OF = Select(
    lambda: AuthorizationCode.objects.filter(
        digest=param(AuthorizationCode, "digest"), grant__application=param(Grant, "application")
    ),
    {
        "": "grant redirect_uri code_challenge code_challenge_method key_thumbprint expires_at used_at"
        " failures nonce",
        "grant": token_statements.GRANT_COLUMNS,
        "grant__user": EVERY_COLUMN,
    },
)
_USE = Update(
    lambda: AuthorizationCode.objects.filter(
        id=param(AuthorizationCode, "id"), used_at__isnull=True, failures__lt=MOST_FAILURES
    ),
    lambda: {"used_at": param(AuthorizationCode, "used_at")},
)
_USE_AND_INSERT = UpdateThenInsert(_USE, token_statements.INSERT)
