"""Security events: who did what, when and from where. Rows are added, never changed, and hold no secrets."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore.models.database import PrimaryModel, primary
from oauthcore.models.inserts import Insert, UpdateThenInsert


class SecurityEvent(PrimaryModel):
    """One event, or ``count`` refusals of one kind within a minute.

    It has no foreign keys, so that it outlives the rows that it names. ``user_ref`` is who did it.
    ``person_ref`` is the person concerned, if somebody else did it, such as staff.
    """

    class Kind(models.TextChoices):
        """What happened."""

        SIGNED_IN = "signed_in", pgettext_lazy("event", "Signed in")
        LOGGED_OUT = "logged_out", _("Logged out at the request of an application")
        SIGN_IN_REFUSED = "sign_in_refused", _("Sign-in refused")
        DEVICE_SIGNED_IN = "device_signed_in", _("Signed in on a device")
        SECOND_FACTOR_ON = "second_factor_on", _("Second factor switched on")
        SECOND_FACTOR_OFF = "second_factor_off", _("Second factor switched off")
        SECOND_FACTOR_PAUSED = "second_factor_paused", _("Second factor paused after wrong codes")
        RECOVERY_CODE_USED = "recovery_code_used", _("Recovery code used")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made")
        LIMITS_LIFTED = "limits_lifted", _("Limits of signing in lifted")
        PASSKEY_ADDED = "passkey_added", _("Passkey added")
        PASSKEY_REMOVED = "passkey_removed", _("Passkey removed")
        CONSENT_GIVEN = "consent_given", _("Consent given")
        CONSENT_DENIED = "consent_denied", _("Consent denied")
        CONSENT_WITHDRAWN = "consent_withdrawn", _("Consent withdrawn")
        CODE_REPLAYED = "code_replayed", _("Authorization code replayed")
        REFRESH_TOKEN_REPLAYED = "refresh_token_replayed", _("Refresh token replayed")
        REVOKED = "revoked", _("Access revoked")
        APPLICATION_REGISTERED = "application_registered", _("Application registered")
        APPLICATION_CHANGED = "application_changed", _("Application changed")
        APPLICATION_UPGRADED = "application_upgraded", _("Application upgraded to OAuth 2.1")
        APPLICATION_DELETED = "application_deleted", _("Application deleted")
        SECRET_ROTATED = "secret_rotated", _("Client secret rotated")
        ISSUER_CHANGED = "issuer_changed", _("Trusted issuer changed")
        SCOPE_REQUESTED = "scope_requested", _("Scope asked for")
        SCOPE_APPROVED = "scope_approved", _("Scope approved")
        SCOPE_REFUSED = "scope_refused", _("Scope refused")
        INITIAL_ACCESS_TOKEN_MADE = "initial_access_token_made", _("Initial access token made")
        SERVICE_TOKEN_MADE = "service_token_made", _("Service token made")
        SERVICE_TOKEN_CHANGED = "service_token_changed", _("Service token changed")
        SERVICE_TOKEN_ROTATED = "service_token_rotated", _("Service token rotated")
        SIGNING_KEYS_ROTATED = "signing_keys_rotated", _("Signing keys rotated")
        REQUEST_REFUSED = "request_refused", _("Request refused")

    kind = models.CharField(max_length=32, choices=Kind)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    count = models.PositiveIntegerField(default=1)
    request_id = models.CharField(max_length=36, blank=True)
    address = models.CharField(max_length=45, blank=True)
    user_ref = models.CharField(max_length=255, blank=True)
    person_ref = models.CharField(max_length=255, blank=True, default="", db_default="")
    application_ref = models.CharField(max_length=255, blank=True)
    grant_uuid = models.UUIDField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("security event")
        verbose_name_plural = _("security events")
        permissions = [("lift_limits", _("Can lift limits of signing in"))]
        # One index for each column by which events are searched.
        indexes = [
            models.Index(fields=["kind", "at"], name="oauthcore_event_kind"),
            models.Index(fields=["request_id"], name="oauthcore_event_request"),
            models.Index(fields=["address"], name="oauthcore_event_address"),
            models.Index(fields=["user_ref"], name="oauthcore_event_user"),
            models.Index(fields=["person_ref"], name="oauthcore_event_person"),
            models.Index(fields=["application_ref"], name="oauthcore_event_application"),
            models.Index(fields=["grant_uuid"], name="oauthcore_event_grant"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M:%S}"

    def add(self) -> None:
        """Add the row with a compiled statement. Django's signals of saving are not sent."""
        self._mark_stored(INSERT_EVENT.run_one(vars(self)))

    def add_with(self, deciding: UpdateThenInsert, **values: Any) -> bool:
        """Run an UPDATE, and add this event if it changes a row: both or neither. Return whether it did."""
        key = deciding.run_one(vars(self), **values)
        if key is None:
            return False
        self._mark_stored(key)
        return True

    def _mark_stored(self, key: int) -> None:
        self.pk = key
        self._state.adding, self._state.db = False, primary()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; raise TypeError for a row that exists."""
        if not self._state.adding:
            raise TypeError("Security events are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raise TypeError: only age removes security events (``oauthcore_cleanup``)."""
        raise TypeError("Security events are only removed by age.")


INSERT_EVENT = Insert(
    lambda: SecurityEvent,
    "kind at count request_id address user_ref person_ref application_ref grant_uuid reason",
)
