"""Device authorizations: a device without a browser waits until a person has answered (RFC 8628)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.db import models
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from oauthcore.models import token_statements
from oauthcore.models.applications import Application
from oauthcore.models.database import PrimaryModel
from oauthcore.models.deletion import cascade
from oauthcore.models.fields import DigestField, WordsField
from oauthcore.models.grants import Grant
from oauthcore.models.inserts import NewRow, UpdateThenInsert
from oauthcore.models.statements import EVERY_COLUMN, Select, Update, param
from oauthcore.rules.tokens.secrets import Secret

#: The seconds that ``slow_down`` adds to the interval (RFC 8628 §3.5), and the longest interval.
SLOWER_BY = 5
SLOWEST = 60

#: How much earlier than its interval a device may ask, because network delays differ.
_TOLERANCE = timedelta(seconds=1)


class DeviceAuthorization(PrimaryModel):
    """The request of a device, with its device code and user code, and the answer of the person.

    It waits until ``grant`` or ``denied_at`` is set. The row stays after its use, so that a replay is found.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="device_authorizations"
    )
    digest = DigestField(unique=True)
    user_code_digest = DigestField(unique=True)
    scopes = WordsField()
    resources = WordsField()
    address = models.CharField(max_length=45, blank=True)
    interval = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    next_poll_at = models.DateTimeField()
    grant = models.ForeignKey(
        Grant, null=True, on_delete=cascade, related_name="device_authorizations", db_constraint=False
    )
    denied_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("device authorization")
        verbose_name_plural = _("device authorizations")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_deviceauth_lifetime",
                condition=models.Q(expires_at__gt=models.F("created_at")),
            ),
            models.CheckConstraint(
                name="oauthcore_deviceauth_one_answer",
                condition=models.Q(grant__isnull=True) | models.Q(denied_at__isnull=True),
            ),
            models.CheckConstraint(
                name="oauthcore_deviceauth_used",
                condition=models.Q(used_at__isnull=True) | models.Q(grant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"device authorization {self.pk}"

    @classmethod
    def find_of(cls, application: Application, secret: Secret) -> DeviceAuthorization | None:
        """Return the row of a device code, with grant and user, if it is this application's: one query."""
        found: DeviceAuthorization | None = _FIND_OF.first(digest=secret.digest, application=application.pk)
        if found is not None and found.grant is not None and not found.has_lost_its_grant:
            found.grant.application = application
        return found

    @property
    def has_lost_its_grant(self) -> bool:
        """Whether the grant that a person opened for it was removed by SQL: no constraint forbids that."""
        return self.grant_id is not None and (
            self.grant is None or self.grant.application_id != self.application_id
        )

    @classmethod
    def find_waiting(cls, user_code: str, *, now: datetime) -> DeviceAuthorization | None:
        """Return the row of a user code, with its application, while it waits for an answer."""
        rows = cls.objects.select_related("application")
        found = rows.filter(user_code_digest__in=_user_code_digests(user_code)).first()
        return found if found is not None and found.is_waiting(now) and found.application.is_live else None

    def is_waiting(self, now: datetime) -> bool:
        """Return whether a person may answer it now."""
        return self.grant_id is None and self.denied_at is None and now < self.expires_at

    def approve(self, grant: Grant, *, now: datetime) -> bool:
        """Note the grant that a person opened for it, atomically; return whether this call did."""
        return self._waiting(now).update(grant=grant) == 1

    def deny(self, *, now: datetime) -> bool:
        """Note that a person said no, atomically; return whether this call did."""
        return self._waiting(now).update(denied_at=now) == 1

    def _waiting(self, now: datetime) -> models.QuerySet[DeviceAuthorization]:
        rows = DeviceAuthorization.objects.filter(pk=self.pk, grant__isnull=True, denied_at__isnull=True)
        return rows.filter(expires_at__gt=now)

    def poll(self, *, now: datetime) -> bool:
        """Count a request of the device, atomically; return whether its interval was over."""
        is_due = (
            now >= self.next_poll_at and _POLL.run(id=self.pk, now=now, next_poll_at=self._next(now)) == 1
        )
        if not is_due and self.interval < SLOWEST:
            rows = DeviceAuthorization.objects.filter(pk=self.pk)
            rows.update(interval=Least(models.F("interval") + SLOWER_BY, SLOWEST))
        return is_due

    def use(self, *, now: datetime, rows: Sequence[NewRow] = ()) -> bool:
        """Mark it as used and insert the rows of its tokens, atomically, if the device kept its interval.

        Return whether this call was the first; otherwise nothing changes.
        """
        return _USE_AND_INSERT.run(rows, id=self.pk, now=now, used_at=now, next_poll_at=self._next(now))

    def _next(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self.interval) - _TOLERANCE


def user_code_digest(user_code: str) -> bytes:
    """Return the stored digest of a user code. It depends on a key of the site, so it cannot be guessed."""
    return _user_code_digests(user_code)[0]


def _user_code_digests(user_code: str) -> list[bytes]:
    keys = (django_settings.SECRET_KEY, *django_settings.SECRET_KEY_FALLBACKS)
    salt = "oauthcore.user_code"
    return [salted_hmac(salt, user_code, secret=key, algorithm="sha256").digest() for key in keys]


_FIND_OF = Select(
    lambda: DeviceAuthorization.objects.filter(
        digest=param(DeviceAuthorization, "digest"),
        application=param(DeviceAuthorization, "application"),
    ),
    {
        "": "application scopes interval expires_at next_poll_at grant denied_at used_at",
        "grant": token_statements.GRANT_COLUMNS,
        "grant__user": EVERY_COLUMN,
    },
)
_POLL = Update(
    lambda: DeviceAuthorization.objects.filter(
        id=param(DeviceAuthorization, "id"),
        next_poll_at__lte=param(DeviceAuthorization, "now", field="next_poll_at"),
    ),
    lambda: {"next_poll_at": param(DeviceAuthorization, "next_poll_at")},
)
_USE = Update(
    lambda: DeviceAuthorization.objects.filter(
        id=param(DeviceAuthorization, "id"),
        used_at__isnull=True,
        next_poll_at__lte=param(DeviceAuthorization, "now", field="next_poll_at"),
    ),
    lambda: {
        "used_at": param(DeviceAuthorization, "used_at"),
        "next_poll_at": param(DeviceAuthorization, "next_poll_at"),
    },
)
_USE_AND_INSERT = UpdateThenInsert(_USE, token_statements.INSERT)
