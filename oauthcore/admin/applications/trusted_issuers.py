"""Trusted issuers (identity providers of companies) for staff, and the people that they name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from oauthcore.accounts import person_of
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.key_text import HiddenPublicKeys, PublicKeysArea
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.models import IssuerSubject, SecurityEvent, TrustedIssuer
from oauthcore.recording import events


class _KeptByStaff(OversightAdmin):
    """Rows that staff with Django's permissions add, change and remove. Each change is a security event."""

    #: No bulk action: each row is removed on its page, with an event that names it.
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may add one."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may remove one."""
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the parts of the form; of a new row only those with something to fill in."""
        parts = super().get_fieldsets(request, obj)
        shown_only = set(self.readonly_fields)
        return parts if obj else [part for part in parts if not shown_only.issuperset(part[1]["fields"])]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the field of the form, which is compared with what the page showed.

        So what others have changed since stays.
        """
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the changed fields, and record one event that names them.

        Other fields stay as they are stored: requests write some of them meanwhile.
        """
        if change:
            obj.save(update_fields=self.settled(obj, form))
        else:
            super().save_model(request, obj, form, change)
        if form.changed_data:
            self._record(request, obj, ", ".join(form.changed_data) if change else "added")

    def settled(self, obj: Any, form: Any) -> list[str]:
        """Change what follows from the changed fields, and return all that are saved."""
        return list(form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Remove the row, and record one event."""
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

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the form, which never shows a private key that was pasted by mistake."""
        form = super().get_form(request, *args, **{"widgets": {"jwks": PublicKeysArea}, **kwargs})
        if "jwks" in form.base_fields:
            form.base_fields["jwks"].hidden_widget = HiddenPublicKeys
        return form

    def settled(self, obj: Any, form: Any) -> list[str]:
        """Change what follows from the changed fields, and return all that are saved.

        With an address, the keys of another one go, and the next use reads it again.
        """
        changed = set(form.changed_data)
        if not obj.jwks_uri or not changed & {"jwks", "jwks_uri"}:
            return list(changed)
        if "jwks" not in changed:
            obj.jwks = ""
        obj.keys_fetched_at = None
        return [*changed | {"jwks", "keys_fetched_at"}]

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for issuers that begin with the text."""
        return searching.Meaning(Q(issuer__startswith=term))


@admin.register(IssuerSubject)
class IssuerSubjectAdmin(_KeptByStaff):
    """People of the site, with the subject by which an issuer names them."""

    list_display = ["subject", "issuer", "user"]
    ordering = ["pk"]
    search_help_text = _("A whole subject, or a person's login.")
    raw_id_fields = ["user"]
    readonly_fields = ["created_at"]
    fieldsets = [
        (None, {"fields": ["issuer", "subject", "user"]}),
        (_("Times"), {"fields": ["created_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows. Issuers and people are fetched separately, for one page of the list."""
        return super().get_queryset(request).prefetch_related("issuer", "user")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for rows with this subject, or of the person with this login."""
        return searching.Meaning(Q(subject=term)) | searching.people(term).within("user_id")
