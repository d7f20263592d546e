"""The second factor of a person: TOTP and recovery codes. Each code works once; the database decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings as django_settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore.accounts import User
from oauthcore.models import encryption
from oauthcore.models.database import PrimaryModel, retried
from oauthcore.models.fields import DigestField
from oauthcore.models.statements import EVERY_COLUMN, Select, param
from oauthcore.rules.sign_in import recovery_codes, totp
from oauthcore.rules.text.hidden_text import HiddenText


class UnreadableSeed(Exception):
    """No key of the settings decrypts a seed, or it was encrypted for another row."""


class TOTPFactor(PrimaryModel):
    """The TOTP of one person. It is on after it was confirmed. The seed is encrypted.

    ``uuid`` identifies this seed, and salts the recovery codes. A new seed gets a new ``uuid``.
    """

    user = models.OneToOneField(
        django_settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="oauthcore_totp"
    )
    uuid = models.UUIDField(default=uuid4, editable=False)
    seed = models.BinaryField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        indexes = [models.Index(fields=["confirmed_at"], name="oauthcore_totp_confirmed")]
        permissions = [("switch_off_totpfactor", _("Can switch off the second factor of somebody else"))]

    def __str__(self) -> str:
        return f"TOTP factor {self.uuid}"

    @classmethod
    def of(cls, user: User) -> TOTPFactor | None:
        """Return a person's factor, confirmed or not, or None."""
        found: TOTPFactor | None = _OF.first(user=user.pk)
        return found

    @classmethod
    @retried
    def prepare(cls, user: User, *, now: datetime, uuid: UUID | None = None) -> bytes | None:
        """Give the person a new seed that waits to be confirmed, and return it; None if a factor is on.

        It replaces an earlier seed that waited. ``uuid`` is what the new one is called.
        """
        key, uuid = totp.new_key(), uuid or uuid4()
        values = {"seed": encryption.encrypt(key, owner=str(user.pk)), "uuid": uuid, "created_at": now}
        rows = cls.objects
        factor, is_new = rows.get_or_create(user_id=user.pk, defaults=values)
        if is_new or rows.filter(pk=factor.pk, confirmed_at__isnull=True).update(**values, last_step=-1):
            return key
        return None

    def step_of(self, code: HiddenText, *, now: datetime) -> int | None:
        """Return the time step of a code, if it is later than the last accepted step; None otherwise.

        Raises UnreadableSeed.
        """
        return totp.matching_step(self.key(), code.reveal(), now=now.timestamp(), after=self.last_step)

    def key(self) -> bytes:
        """Return the seed in clear; raise UnreadableSeed."""
        try:
            return encryption.decrypt(bytes(self.seed), owner=str(self.user_id))
        except encryption.CannotDecrypt as error:
            raise UnreadableSeed(str(error)) from None

    def is_under_first_key(self) -> bool:
        """Return whether this seed is encrypted with the first key; raise UnreadableSeed."""
        self.key()
        return encryption.is_current(bytes(self.seed))

    @retried
    def encrypt_anew(self) -> bool:
        """Encrypt the seed with the first key; return False if the seed has changed since it was read."""
        seed = encryption.encrypt(self.key(), owner=str(self.user_id))
        rows = TOTPFactor.objects.filter(pk=self.pk, uuid=self.uuid, seed=bytes(self.seed))
        return rows.update(seed=seed) == 1

    def use_step(self, step: int) -> bool:
        """Use up the code of a step, atomically; return whether this call was the first."""
        rows = TOTPFactor.objects.filter(pk=self.pk, uuid=self.uuid, last_step__lt=step)
        return rows.filter(confirmed_at__isnull=False).update(last_step=step) == 1

    def confirm(self, step: int, *, now: datetime) -> bool:
        """Switch it on with its first code; return whether this call did."""
        rows = TOTPFactor.objects.filter(pk=self.pk, uuid=self.uuid, confirmed_at__isnull=True)
        return rows.update(confirmed_at=now, last_step=step) == 1

    def replace_recovery_codes(self, codes: Iterable[HiddenText]) -> None:
        """Store the digests of new recovery codes. The old codes stop working."""
        rows = RecoveryCode.objects
        rows.filter(factor=self).delete()
        rows.bulk_create(
            RecoveryCode(factor=self, digest=recovery_codes.digest_of(code.reveal(), salt=self.uuid))
            for code in codes
        )

    def use_recovery_code(self, code: HiddenText, *, now: datetime) -> bool:
        """Use up a recovery code, atomically; return whether this call was the first."""
        digest = recovery_codes.digest_of(code.reveal(), salt=self.uuid)
        rows = RecoveryCode.objects.filter(factor=self, digest=digest, used_at__isnull=True)
        return rows.update(used_at=now) == 1

    def recovery_codes_left(self) -> int:
        """Return how many recovery codes have not been used."""
        return RecoveryCode.objects.filter(factor=self, used_at__isnull=True).count()


class RecoveryCode(PrimaryModel):
    """One recovery code: a digest, and when it was used."""

    factor = models.ForeignKey(
        TOTPFactor, on_delete=models.CASCADE, related_name="recovery_codes", db_index=False
    )
    digest = DigestField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["factor", "digest"], name="oauthcore_recoverycode_once")
        ]

    def __str__(self) -> str:
        return f"recovery code {self.pk}"


_OF = Select(lambda: TOTPFactor.objects.filter(user=param(TOTPFactor, "user")), {"": EVERY_COLUMN})
