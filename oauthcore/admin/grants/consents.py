"""Consents for staff: what people have allowed each application. Staff can withdraw them."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext, pgettext_lazy

from oauthcore.accounts import User
from oauthcore.admin.applications.scopes import in_words
from oauthcore.admin.frame.ending import EndingWords, ReadOnlyAdmin
from oauthcore.admin.frame.lists import DayFilter, RangeFilter
from oauthcore.admin.frame.times import day
from oauthcore.admin.service_tokens.words import scopes
from oauthcore.flows.connections.withdraw import withdraw
from oauthcore.models import Consent


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    """Consents. Withdrawing one requires a reason, and ends the access that it gave."""

    list_display = ["person", "application", scopes, "since", "last_changed"]
    list_filter = [("updated_at", RangeFilter), ("updated_at", DayFilter)]
    search_help_text = gettext_lazy(
        "A person's login, an application's client ID, or the beginning of an application's name."
    )
    sortable_by = ("last_changed",)
    ordering = ["-updated_at", "-pk"]
    words = EndingWords(
        title=ngettext_lazy("Withdraw consent", "Withdraw consents", "count"),
        button=gettext_lazy("Yes, withdraw"),
        question=ngettext_lazy(
            "Withdraw this consent? All access of the application to the person ends at once. They are "
            "asked again when they use it.",
            "Withdraw these %(count)s consents? All access of the applications to these people ends at "
            "once. They are asked again when they use them.",
            "count",
        ),
        done=ngettext_lazy("%(count)s consent was withdrawn.", "%(count)s consents were withdrawn.", "count"),
        over=gettext_lazy("It was already withdrawn. Nothing was changed."),
    )
    fieldsets = [
        (None, {"fields": ["person", "application", "account"]}),
        (gettext_lazy("What is allowed"), {"fields": ["scopes_in_words", "resources"]}),
        (gettext_lazy("Times"), {"fields": ["created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Consent]:
        """Return the consents with their people and applications."""
        return super().get_queryset(request).prefetch_related("application", "user")

    def heading(self, row: Consent) -> str:
        """Return whose approval it is, and of which application."""
        names = {"person": self.person(row), "application": row.application.name}
        return _("Consent: %(person)s – %(application)s") % names

    @admin.action(permissions=["end"], description=gettext_lazy("Withdraw the selected consents"))
    def end_selected(self, request: HttpRequest, chosen: QuerySet[Consent]) -> HttpResponse | None:
        """Ask for confirmation, then withdraw the chosen consents."""
        return self.end_together(request, chosen)

    def standing(self, rows: QuerySet[Consent]) -> QuerySet[Consent]:
        """Return all rows, because the row of a withdrawn consent is deleted."""
        return rows

    def end(self, row: Consent, *, reason: str, staff: User) -> bool:
        """Withdraw one consent, and end the grants that rest on it. Always True."""
        withdraw(row.application, row.user, f"by staff: {reason}", now=timezone.now(), by=staff)
        return True

    def in_a_line(self, row: Consent) -> tuple[str, str]:
        """Return the application and the person."""
        return row.application.name, self.person(row)

    @admin.display(description=gettext_lazy("person"))
    def person(self, consent: Consent) -> str:
        return str(consent.user.get_username())

    @admin.display(description=gettext_lazy("since"))
    def since(self, consent: Consent) -> str:
        return day(consent.created_at)

    @admin.display(description=pgettext_lazy("time", "last changed"), ordering="updated_at")
    def last_changed(self, consent: Consent) -> str:
        return day(consent.updated_at)

    @admin.display(description=gettext_lazy("scopes"))
    def scopes_in_words(self, consent: Consent) -> SafeString | str:
        return in_words(consent.every_scope) or pgettext("scopes", "None")

    @admin.display(description=gettext_lazy("resources"))
    def resources(self, consent: Consent) -> str:
        named = ", ".join(sorted(consent.resource_scopes or {}))
        return ", ".join(
            filter(None, [pgettext("resources", "All") if consent.scopes else "", named])
        ) or pgettext("resources", "All")
