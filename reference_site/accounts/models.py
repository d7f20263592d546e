"""Accounts and memberships. The UUID of an account is its primary key, and tokens name it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reference_site.accounts.roles import Role


class LiveAccounts(models.Manager["Account"]):
    """The accounts that are not suspended."""

    def get_queryset(self) -> models.QuerySet[Account]:
        return super().get_queryset().filter(suspended_at=None)


class Account(models.Model):
    """A tenant: a studio, a family, one person."""

    uuid = models.UUIDField(_("UUID"), primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=150)
    suspended_at = models.DateTimeField(
        _("suspended at"),
        null=True,
        blank=True,
        help_text=_("While this is set nobody works on the account, whatever they hold."),
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    users = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="accounts", verbose_name=_("users")
    )

    objects = models.Manager()
    live = LiveAccounts()

    class Meta:
        ordering = ["name", "uuid"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether the account may be worked on."""
        return self.suspended_at is None


class Membership(models.Model):
    """One person's membership of one account."""

    account = models.ForeignKey(
        Account, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        ordering = ["account__name", "pk"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["account", "user"], name="accounts_membership_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="accounts_membership_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.account} ({self.get_role_display()})"
