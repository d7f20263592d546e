"""Applications for staff: the list, and the page that changes scopes, lifetimes and more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore import conf
from oauthcore.accounts import person_of
from oauthcore.admin.applications.application_form import (
    ApplicationForm,
    LegacySwitchesField,
    fields_about_keys,
)
from oauthcore.admin.applications.client_keys import KeysOfApplications, key_in_words
from oauthcore.admin.applications.openid_fields import CHANGEABLE, fields_about_openid, post_logout_field
from oauthcore.admin.applications.scopes import ScopesField, in_words
from oauthcore.admin.frame import searching
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.models import Application, LegacySwitch, SecurityEvent
from oauthcore.recording import events
from oauthcore.rules.text.numbers import whole_number

#: What staff may change. The developer changes the rest, or it never changes.
_CHANGEABLE = {
    *("is_verified", "is_trusted", "is_suspended", "may_introspect", "requires_pushed_requests"),
    *("access_token_format", "access_token_lifetime", "refresh_token_lifetime"),
    *("refresh_token_grace", "access_tokens_expire", "dpop_bound_access_tokens"),
    *("scopes", "legacy_switches", "seen", "staff_grant_types"),
    *CHANGEABLE,
}
_IN_WORDS = {"scopes": "scopes_in_words", "legacy_switches": "legacy_switches_in_words"}


class DeletedFilter(admin.SimpleListFilter):
    """Applications that were not deleted (the default), those that were, or all."""

    title = pgettext_lazy("application", "deleted")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yield the choices. The first one is named after what the list shows by default."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("No")}
        yield from others

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Application]
    ) -> models.QuerySet[Application]:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


@admin.register(Application)
class ApplicationAdmin(KeysOfApplications):
    """Applications, found by name, client ID and owner. No secret and no digest is shown."""

    form = ApplicationForm
    list_display = [
        "name",
        "owner_or_origin",
        "type",
        "profile",
        "is_verified",
        "is_trusted",
        "is_enabled",
        "suspended",
    ]
    list_filter = [
        "is_suspended",
        "is_verified",
        "is_trusted",
        "is_enabled",
        "client_type",
        "profile",
        "is_self_registered",
        DeletedFilter,
    ]
    ordering = ["name", "pk"]
    sortable_by = ("name",)
    search_help_text = _("The beginning of a name, a client ID, or the login of an owner.")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Application]:
        """Return the applications. Owners are fetched separately, for one page of the list."""
        return super().get_queryset(request).prefetch_related("owner")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for applications with this owner, name or client ID."""
        return searching.of("owner_id", "pk", term)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the application, locked while it is being saved."""
        number = whole_number(object_id)
        if request.method == "POST" and number is not None:
            Application.objects.select_for_update().filter(pk=number).first()
        return super().get_object(request, object_id, from_field)

    def has_change_permission(self, request: HttpRequest, obj: Application | None = None) -> bool:
        """Return whether the person may change applications. A deleted application cannot be changed."""
        return super().has_change_permission(request, obj) and (obj is None or obj.deleted_at is None)

    def get_fieldsets(self, request: HttpRequest, obj: Application | None = None) -> Any:
        """Return the sections of the page. Without the right to change, boxes are shown as words."""
        is_deleted = obj is not None and obj.deleted_at is not None
        is_modern, settings = obj is None or not obj.is_legacy, conf.settings()
        has_formats = settings.JWT_ACCESS_TOKENS and is_modern
        pushes = ["requires_pushed_requests"] if settings.PUSHED_AUTHORIZATION_REQUESTS and is_modern else []
        decided = ["is_verified", "is_trusted", "is_suspended", "may_introspect", *pushes]
        parts = [
            *([(pgettext_lazy("application", "Deleted"), ["deleted_at"])] if is_deleted else []),
            (None, ["name", "client_id", "owner", "website", "client_type", "profile"]),
            (_("What staff decide"), decided),
            *([(_("Grant types"), ["staff_grant_types"])] if self._gives_grant_types(request, obj) else []),
            (_("Scopes"), ["scopes", "default_scopes_in_words", "required_scopes_in_words"]),
            (
                _("Tokens"),
                [
                    *(["access_token_format"] if has_formats else []),
                    "access_tokens_expire",
                    "access_token_lifetime",
                    "refresh_token_lifetime",
                    "refresh_token_grace",
                ],
            ),
            *([(_("Keys"), keys)] if (keys := fields_about_keys(obj)) else []),
            *([("OpenID Connect", named)] if (named := fields_about_openid(obj)) else []),
            *([(_("Legacy"), ["legacy_switches"])] if obj is not None and obj.is_legacy else []),
            (
                _("What its developer has set"),
                ["is_enabled", "redirect_uri_lines", "grant_types_in_words", "origin"],
            ),
            (_("Times"), ["created_at"]),
        ]
        may_change = self.has_change_permission(request, obj)
        if may_change:
            parts[0][1].append("seen")
        return [
            (title, {"fields": names if may_change else [_IN_WORDS.get(name, name) for name in names]})
            for title, names in parts
        ]

    def _gives_grant_types(self, request: HttpRequest, obj: Application | None) -> bool:
        may_change = self.has_change_permission(request, obj)
        return may_change and obj is not None and bool(grant_types.given_by_staff(obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Application | None = None) -> list[str]:
        """Return all fields of the page that staff may not change."""
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [name for name in shown if name not in _CHANGEABLE]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Return the field of the form for a column."""
        if db_field.name == "scopes":
            return ScopesField(
                label=capfirst(db_field.verbose_name),
                required=False,
                help_text=_(
                    "Scopes of any level. A scope that you remove is also removed from the default and "
                    "required scopes."
                ),
            )
        if db_field.name == "legacy_switches":
            return LegacySwitchesField(
                label=capfirst(db_field.verbose_name), required=False, help_text=db_field.help_text
            )
        if db_field.name == "post_logout_redirect_uris":
            return post_logout_field()
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name.endswith("_lifetime"):
            field.help_text = _("In seconds. Leave empty for the value of the site.")
        return field

    def save_model(self, request: HttpRequest, obj: Application, form: Any, change: bool) -> None:
        """Save the changed fields only, and record one event that names them."""
        columns = {"staff_grant_types": "grant_types"}
        changed = [columns.get(name, name) for name in (*form.changed_data, *form.also_changed)]
        if changed:
            obj.save(update_fields=changed)
            events.record(
                SecurityEvent.Kind.APPLICATION_CHANGED,
                application=obj,
                user=person_of(request),
                reason=f"by staff: {', '.join(changed)}",
            )

    @admin.display(description=_("owner"))
    def owner_or_origin(self, application: Application) -> Any:
        return self.origin(application) if application.is_self_registered else application.owner

    @admin.display(description=pgettext_lazy("application", "registered itself"))
    def origin(self, application: Application) -> str:
        """Return in words whether the application registered itself, and from which host."""
        if not application.is_self_registered:
            return str(_("No"))
        if not application.registered_from:
            return str(pgettext_lazy("application", "Registered itself"))
        return _("Registered itself from %(host)s") % {"host": application.registered_from}

    @admin.display(description=_("type"))
    def type(self, application: Application) -> str:
        return str(
            pgettext_lazy("application", "Confidential")
            if application.is_confidential
            else pgettext_lazy("application", "Public")
        )

    @admin.display(description=pgettext_lazy("application", "suspended"), empty_value="")
    def suspended(self, application: Application) -> str | None:
        return str(pgettext_lazy("application", "Suspended")) if application.is_suspended else None

    @admin.display(description=_("scopes"))
    def scopes_in_words(self, application: Application) -> SafeString:
        return in_words(application.scopes)

    @admin.display(description=_("default scopes"))
    def default_scopes_in_words(self, application: Application) -> SafeString:
        return in_words(application.default_scopes)

    @admin.display(description=_("required scopes"))
    def required_scopes_in_words(self, application: Application) -> SafeString:
        return in_words(application.required_scopes)

    @admin.display(description=_("legacy switches"))
    def legacy_switches_in_words(self, application: Application) -> SafeString:
        return _lines(LegacySwitch(one).label for one in sorted(application.legacy_switches))

    @admin.display(description=_("keys"))
    def keys_in_words(self, application: Application) -> SafeString:
        return _lines(map(key_in_words, application.client_keys.order_by("-created_at", "pk")))

    @admin.display(description=_("grant types"))
    def grant_types_in_words(self, application: Application) -> SafeString:
        return _lines(grant_types.label_of(name) for name in sorted(application.grant_types))

    @admin.display(description=_("redirect URIs"))
    def redirect_uri_lines(self, application: Application) -> SafeString:
        return _lines(application.redirect_uris)


def _lines(texts: Any) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((text,) for text in texts))
