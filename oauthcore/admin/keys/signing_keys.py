"""Signing keys for staff, read-only. A command makes, rotates and withdraws them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from oauthcore.admin.frame import searching
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.admin.frame.times import moment
from oauthcore.models import SigningKey


@admin.register(SigningKey)
class SigningKeyAdmin(OversightAdmin):
    """Signing keys of every state, with their public part. The private part is never shown."""

    list_display = ["kid", "algorithm", "state_in_a_word", "made", "signs", "until"]
    list_filter = ["state", "algorithm"]
    search_help_text = gettext_lazy("The ID of a key: the kid of a token.")
    ordering = ["-generation"]
    change_form_template = "oauthcore/admin/frame/standing.html"
    fieldsets = [
        (None, {"fields": ["kid", "algorithm", "state", "generation"]}),
        (gettext_lazy("Public key"), {"fields": ["public_key"]}),
        (gettext_lazy("Times"), {"fields": ["made", "signs", "retired", "until"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SigningKey]:
        """Return the keys without their private part."""
        rows: QuerySet[SigningKey] = super().get_queryset(request)
        return rows.defer("private")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for the key with this ID."""
        return searching.Meaning(Q(kid=term))

    def heading(self, row: SigningKey) -> str:
        """Return the title of the page: the number of the key."""
        return _("Signing key %(number)s") % {"number": row.generation}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False, because only the command changes keys."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return all that is on the page."""
        return list(flatten_fieldsets(self.get_fieldsets(request, obj)))

    @admin.display(description=gettext_lazy("state"))
    def state_in_a_word(self, key: SigningKey) -> str:
        return str(key.get_state_display()).partition(":")[0]

    @admin.display(description=gettext_lazy("public key"))
    def public_key(self, key: SigningKey) -> SafeString:
        return format_html("<pre>{}</pre>", json.dumps(key.public, indent=2))

    @admin.display(description=pgettext_lazy("time", "made"))
    def made(self, key: SigningKey) -> str:
        return moment(key.created_at)

    @admin.display(description=pgettext_lazy("time", "signs since"))
    def signs(self, key: SigningKey) -> str:
        return moment(key.signs_since) or self.get_empty_value_display()

    @admin.display(description=pgettext_lazy("time", "retired"))
    def retired(self, key: SigningKey) -> str:
        return moment(key.retired_at) or self.get_empty_value_display()

    @admin.display(description=pgettext_lazy("time", "published until"))
    def until(self, key: SigningKey) -> str:
        return moment(key.published_until) or self.get_empty_value_display()
