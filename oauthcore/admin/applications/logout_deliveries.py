"""Logout deliveries for staff, read-only: which applications were told of logouts, and what they answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from oauthcore.admin.frame import searching
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.admin.frame.times import moment
from oauthcore.models import LogoutDelivery


@admin.register(LogoutDelivery)
class LogoutDeliveryAdmin(OversightAdmin):
    """Deliveries of every state, the newest first."""

    list_display = ["application", "state", "outcome", "tries", "logged_out"]
    search_help_text = gettext_lazy("The beginning of the name of an application, or its client ID.")
    ordering = ["-created_at", "-pk"]
    change_form_template = "oauthcore/admin/frame/standing.html"
    fieldsets = [
        (None, {"fields": ["application", "state", "outcome", "tries"]}),
        (gettext_lazy("Person"), {"fields": ["subject", "sid"]}),
        (gettext_lazy("Times"), {"fields": ["logged_out", "last_try", "sent_next", "arrived", "stopped"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogoutDelivery]:
        """Return the deliveries. Applications are fetched separately, for one page of the list."""
        rows: QuerySet[LogoutDelivery] = super().get_queryset(request)
        return rows.prefetch_related("application")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for the deliveries to an application."""
        return searching.applications(term).within("application_id")

    def heading(self, row: LogoutDelivery) -> str:
        """Return the title of the page: the application."""
        return _("Logout: %(application)s") % {"application": row.application}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False, because nobody changes a delivery."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return all that is on the page."""
        return list(flatten_fieldsets(self.get_fieldsets(request, obj)))

    @admin.display(description=gettext_lazy("state"))
    def state(self, delivery: LogoutDelivery) -> str:
        return str(delivery.state.label)

    @admin.display(description=pgettext_lazy("time", "logged out"))
    def logged_out(self, delivery: LogoutDelivery) -> str:
        return moment(delivery.created_at)

    @admin.display(description=pgettext_lazy("time", "last try"))
    def last_try(self, delivery: LogoutDelivery) -> str:
        return moment(delivery.tried_at) or self.get_empty_value_display()

    @admin.display(description=pgettext_lazy("time", "sent next"))
    def sent_next(self, delivery: LogoutDelivery) -> str:
        return moment(delivery.due_at) or self.get_empty_value_display()

    @admin.display(description=pgettext_lazy("time", "delivered"))
    def arrived(self, delivery: LogoutDelivery) -> str:
        return moment(delivery.delivered_at) or self.get_empty_value_display()

    @admin.display(description=pgettext_lazy("time", "given up"))
    def stopped(self, delivery: LogoutDelivery) -> str:
        return moment(delivery.given_up_at) or self.get_empty_value_display()
