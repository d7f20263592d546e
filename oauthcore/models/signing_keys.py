"""Signing keys: the key pairs with which this site signs JWTs and others verify them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models import encryption
from oauthcore.models.database import PrimaryManager, PrimaryModel
from oauthcore.rules.jose import private_keys
from oauthcore.rules.jose.private_keys import PrivateKey


class SigningKeys(models.QuerySet["SigningKey"]):
    """Signing keys of every state."""

    def published(self, now: datetime) -> Self:
        """Return the keys whose public part is published, the oldest first."""
        return self.exclude(published_until__lte=now).order_by("generation")


_Manager = PrimaryManager.from_queryset(SigningKeys)


class SigningKey(PrimaryModel):
    """A key pair. Its public part is published before it signs, and as long as JWTs that it signed live.

    The private part is encrypted, and deleted when the key is retired. The number ``generation`` is unique
    among the keys of all algorithms: of two rotations at once, only one can make the next key.
    """

    class State(models.TextChoices):
        """The state of the key."""

        NEXT = "next", _("Next: published, so that verifiers know it before it signs")
        CURRENT = "current", _("Current: signs")
        RETIRED = "retired", _("Retired: signs no more, and is published until what it signed has expired")

    generation = models.PositiveIntegerField(_("generation"), unique=True)
    kid = models.CharField(_("key ID"), max_length=64, unique=True)
    algorithm = models.CharField(_("algorithm"), max_length=16)
    state = models.CharField(_("state"), max_length=8, choices=State)
    public = models.JSONField(_("public key"))
    private = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(pgettext_lazy("time", "made"), default=timezone.now)
    signs_since = models.DateTimeField(pgettext_lazy("time", "signs since"), null=True)
    retired_at = models.DateTimeField(pgettext_lazy("time", "retired"), null=True)
    published_until = models.DateTimeField(pgettext_lazy("time", "published until"), null=True)

    objects = _Manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("signing key")
        verbose_name_plural = _("signing keys")
        constraints = [
            models.CheckConstraint(
                name="oauthcore_signing_key_state",
                condition=models.Q(state="next", private__isnull=False, signs_since__isnull=True)
                | models.Q(state="current", private__isnull=False, signs_since__isnull=False)
                | models.Q(state="retired", private__isnull=True, published_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"signing key {self.generation} ({self.algorithm}, {self.kid[:8]}…)"

    @classmethod
    def make(cls, *, generation: int, algorithm: str, state: State, now: datetime) -> SigningKey:
        """Make a new key and save it. Raises IntegrityError if that generation exists."""
        key = private_keys.generate(algorithm)
        return cls.objects.create(
            generation=generation,
            kid=key.kid,
            algorithm=key.algorithm,
            state=state,
            public=dict(key.public),
            private=encryption.encrypt(key.to_bytes(), owner=_owner(key.kid)),
            created_at=now,
            signs_since=now if state == cls.State.CURRENT else None,
        )

    def open(self) -> PrivateKey:
        """Return the private key. Raises encryption.CannotDecrypt."""
        return private_keys.from_bytes(encryption.decrypt(bytes(self.private or b""), owner=_owner(self.kid)))

    def promote(self, *, now: datetime) -> bool:
        """Let the next key sign; return whether this call did."""
        rows = SigningKey.objects.filter(pk=self.pk, state=self.State.NEXT)
        return rows.update(state=self.State.CURRENT, signs_since=now) == 1

    def retire(self, *, now: datetime, published_for: timedelta) -> bool:
        """Stop signing with it and delete its private part; return whether this call did."""
        rows = SigningKey.objects.filter(pk=self.pk).exclude(state=self.State.RETIRED)
        changes = {"state": self.State.RETIRED, "private": None, "retired_at": now}
        return rows.update(**changes, published_until=now + published_for) == 1

    def is_under_first_key(self) -> bool:
        """Return whether the first key of the settings encrypts it. Raises encryption.CannotDecrypt."""
        self.open()
        return encryption.is_current(bytes(self.private or b""))

    def encrypt_anew(self) -> bool:
        """Encrypt the private part with the first key of the settings; return whether this call did.

        It may have been retired meanwhile. Raises encryption.CannotDecrypt.
        """
        encrypted = encryption.encrypt(self.open().to_bytes(), owner=_owner(self.kid))
        rows = SigningKey.objects.filter(pk=self.pk, private__isnull=False)
        return rows.update(private=encrypted) == 1


def _owner(kid: str) -> str:
    return f"signing key {kid}"
