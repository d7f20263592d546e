"""Issuers that staff trust to say for whom applications may act, and the people whom these name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from oauthcore.accounts import person_of
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.models import IssuerSubject, SecurityEvent, TrustedIssuer
from oauthcore.recording import events


class _KeptByStaff(OversightAdmin):
    """Rows that staff add, change and remove, each with an event; that takes Django's permission for it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may add one."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may remove one."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return no action: each row is removed on its page, with an event that names it."""
        return {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write it, with one event that names what was changed."""
        super().save_model(request, obj, form, change)
        if form.changed_data:
            self._record(request, obj, ", ".join(form.changed_data) if change else "added")

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove it, with one event."""
        self._record(request, obj, "removed")
        super().delete_model(request, obj)

    def _record(self, request: HttpRequest, obj: Any, what: str) -> None:
        reason = f"{self.opts.verbose_name} {obj}: {what}"
        events.record(SecurityEvent.Kind.ISSUER_CHANGED, user=person_of(request), reason=reason[:200])


@admin.register(TrustedIssuer)
class TrustedIssuerAdmin(_KeptByStaff):
    """Trusted issuers, with their public keys."""

    list_display = ["name", "issuer", "is_enabled", "last_used_at"]
    ordering = ["name", "pk"]
    search_help_text = _("The beginning of an issuer.")
    readonly_fields = ["created_at", "keys_fetched_at", "last_used_at"]
    fieldsets = [
        (None, {"fields": ["name", "issuer", "is_enabled"]}),
        (_("Keys"), {"fields": ["jwks", "jwks_uri"]}),
        (_("Times"), {"fields": ["created_at", "keys_fetched_at", "last_used_at"]}),
    ]

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition of the issuers that a text means."""
        return searching.Meaning(Q(issuer__startswith=term))


@admin.register(IssuerSubject)
class IssuerSubjectAdmin(_KeptByStaff):
    """People of the site as issuers name them."""

    list_display = ["subject", "issuer", "user"]
    ordering = ["pk"]
    search_help_text = _("A whole subject, or a person's login.")
    raw_id_fields = ["user"]
    readonly_fields = ["created_at"]
    fields = ["issuer", "subject", "user", "created_at"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows; issuers and people are fetched beside the page that is shown."""
        return super().get_queryset(request).prefetch_related("issuer", "user")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition of the rows that a text means: by subject, or by login."""
        return searching.Meaning(Q(subject=term)) | searching.people(term).within("user_id")
