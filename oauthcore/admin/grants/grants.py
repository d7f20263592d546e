"""Grants for staff: what people have allowed, and where they are signed in. Staff can end them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext, pgettext_lazy

from oauthcore.accounts import User
from oauthcore.admin.applications.scopes import in_words
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.ending import EndingWords, ReadOnlyAdmin
from oauthcore.admin.frame.links import events_of
from oauthcore.admin.frame.lists import DayFilter
from oauthcore.admin.frame.times import day, moment
from oauthcore.admin.grants.devices import (
    app_version,
    client_uuid,
    first_address,
    grants_of_devices,
    platform,
    stayed_away,
    with_last_refresh,
)
from oauthcore.admin.grants.last_use import last_use, with_last_use
from oauthcore.admin.service_tokens.words import expiry, mark, scopes
from oauthcore.flows.tokens.ending import end_grant
from oauthcore.models import Grant, Token
from oauthcore.models.liveness import expired, has_passed, live

_KINDS = {
    Grant.Kind.APPLICATION: gettext_lazy("Application of a person"),
    Grant.Kind.SESSION: gettext_lazy("Device"),
    Grant.Kind.CLIENT: gettext_lazy("Application by itself"),
}


_DEVICE = (gettext_lazy("Device"), {"fields": [platform, app_version, client_uuid, first_address]})


class KindFilter(admin.SimpleListFilter):
    """Grants of one kind. Service tokens have their own screen."""

    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(kind.value, words) for kind, words in _KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grant]) -> QuerySet[Grant]:
        return queryset.filter(kind=self.value()) if self.value() in set(_KINDS) else queryset


class EndFilter(admin.SimpleListFilter):
    """Grants that have not ended, that were ended, or that have expired."""

    title = gettext_lazy("end")
    parameter_name = "end"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [
            ("none", pgettext("grants", "Not ended")),
            ("expired", pgettext("grants", "Expired")),
            ("ended", pgettext("grants", "Ended")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Grant]) -> QuerySet[Grant]:
        now = timezone.now()
        conditions = {
            "none": live(now),
            "expired": expired(now),
            "ended": Q(revoked_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """Grants of people and applications. Ending one requires a reason."""

    list_display = ["holder_and_kind", "person", "scopes_shortly", "since", last_use, "state"]
    list_filter = [EndFilter, KindFilter, ("created_at", DayFilter)]
    search_help_text = gettext_lazy(
        "One of: a person's login, an application's client ID, the beginning of an application's or a "
        "device's name, a platform, the address of a device's sign-in, the UUID of a grant or of a device."
    )
    ordering = ["-created_at", "-pk"]
    sortable_by = ("since",)
    words = EndingWords(
        title=ngettext_lazy("End grant", "End grants", "count"),
        button=gettext_lazy("Yes, end"),
        question=ngettext_lazy(
            "End this grant? Its tokens are refused from the next request on. The approval of the "
            "person stays: an application can get access again, and the person can sign in on a device "
            "again.",
            "End these %(count)s grants? Their tokens are refused from the next request on. The "
            "approvals of people stay: applications can get access again, and people can sign in on "
            "devices again.",
            "count",
        ),
        done=ngettext_lazy("%(count)s grant was ended.", "%(count)s grants were ended.", "count"),
        over=gettext_lazy("It had already ended. Nothing was changed."),
    )
    fieldsets = [
        (None, {"fields": ["holder", "person", "kind_shortly", "account", "state"]}),
        (pgettext_lazy("grant", "What it may do"), {"fields": ["scopes_in_words", "resources_named"]}),
        (gettext_lazy("Times"), {"fields": ["created_at", "expires", "used", "ended"]}),
        (gettext_lazy("Particulars"), {"fields": ["grant_uuid", "live_tokens"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        """Return all but service tokens, with their last use."""
        everything = super().get_queryset(request).exclude(kind=Grant.Kind.SERVICE)
        return with_last_refresh(with_last_use(everything)).prefetch_related("application", "user", "device")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for the grants that a text matches. What it compares depends on the text."""
        uuid, address = searching.as_uuid(term), searching.as_address(term)
        if uuid is not None:
            return searching.Meaning(Q(uuid=uuid)) | grants_of_devices(client_uuid=uuid).within("pk")
        if address is not None:
            return grants_of_devices(address=address).within("pk")
        named = searching.Meaning(Q(label__istartswith=term))
        return super().meaning(term) | named | grants_of_devices(platform=term).within("pk")

    def heading(self, row: Grant) -> str:
        """Return the application or device, and the person."""
        holder = self.holder(row)
        if row.kind == Grant.Kind.CLIENT:
            return _("%(holder)s, without a person") % {"holder": holder}
        return f"{holder} – {self.person(row)}"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the sections of the page. A device session has one more, about its device.

        The particulars of an imported grant say from which package it came.
        """
        sections: list[Any] = list(self.fieldsets)
        if obj is not None and obj.imported_from is not None:
            title, shown = sections[-1]
            sections[-1] = (title, {"fields": [*shown["fields"], "imported_from"]})
        if obj is None or obj.kind != Grant.Kind.SESSION:
            return sections
        return [*sections[:1], _DEVICE, *sections[1:]]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add a link to the security events of this grant."""
        context["events_url"] = events_of(request, context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.action(permissions=["end"], description=gettext_lazy("End the selected grants"))
    def end_selected(self, request: HttpRequest, chosen: QuerySet[Grant]) -> HttpResponse | None:
        """Ask for confirmation, then end the chosen grants that have not ended."""
        return self.end_together(request, chosen)

    def standing(self, rows: QuerySet[Grant]) -> QuerySet[Grant]:
        """Return the grants that were not ended."""
        return rows.filter(revoked_at=None)

    def end(self, row: Grant, *, reason: str, staff: User) -> bool:
        """End a grant. Return False if it was ended before."""
        return end_grant(row, f"by staff: {reason}", now=timezone.now(), by=staff)

    def in_a_line(self, row: Grant) -> tuple[str, str]:
        """Return the application or device, and the person."""
        return self.holder(row), self.person(row)

    @admin.display(description=gettext_lazy("application or device"))
    def holder(self, grant: Grant) -> str:
        return grant.application.name if grant.application else grant.label or _("Unnamed device")

    @admin.display(description=gettext_lazy("application or device"))
    def holder_and_kind(self, grant: Grant) -> SafeString:
        return format_html('{}<div class="quiet">{}</div>', self.holder(grant), self.kind_shortly(grant))

    @admin.display(description=gettext_lazy("since"), ordering="created_at")
    def since(self, grant: Grant) -> str:
        return day(grant.created_at)

    @admin.display(description=gettext_lazy("person"), empty_value="")
    def person(self, grant: Grant) -> str:
        return grant.user.get_username() if grant.user else ""

    @admin.display(description=gettext_lazy("kind"))
    def kind_shortly(self, grant: Grant) -> str:
        return str(_KINDS[Grant.Kind(grant.kind)])

    @admin.display(description=gettext_lazy("state"))
    def state(self, grant: Grant) -> SafeString:
        now = timezone.now()
        if grant.revoked_at is not None:
            return format_html(
                '{}<div class="quiet">{}</div>',
                mark(pgettext("grant", "Ended"), "over"),
                grant.revoked_reason,
            )
        if has_passed(grant.expires_at, now):
            return mark(pgettext("grant", "Expired"), "over")
        if not grant.is_live(now):
            is_off = grant.application is not None and not grant.application.is_live
            person = _("The person is inactive, or has another password.")
            why = _("The application is turned off.") if is_off else person
        elif stayed_away(grant, now):
            why = _("The device has not refreshed for too long.")
        else:
            return mark(pgettext("grant", "Live"), "live")
        return format_html('{}<div class="quiet">{}</div>', mark(pgettext("grant", "Not live"), "over"), why)

    @admin.display(description=gettext_lazy("scopes"))
    def scopes_shortly(self, grant: Grant) -> SafeString | str:
        return _("As their role") if grant.kind == Grant.Kind.SESSION else scopes(grant)

    @admin.display(description=gettext_lazy("scopes"))
    def scopes_in_words(self, grant: Grant) -> SafeString | str:
        if grant.kind == Grant.Kind.SESSION:
            return _("All that the person's role in the account allows")
        return in_words(grant.scopes) or pgettext("scopes", "None")

    @admin.display(description=gettext_lazy("resources"))
    def resources_named(self, grant: Grant) -> str:
        return ", ".join(sorted(grant.resources)) or pgettext("resources", "All")

    @admin.display(description=pgettext_lazy("time", "expires"))
    def expires(self, grant: Grant) -> SafeString | str:
        return expiry(grant)

    @admin.display(description=pgettext_lazy("time", "last used"))
    def used(self, grant: Grant) -> SafeString | str:
        return last_use(grant)

    @admin.display(description=pgettext_lazy("time", "ended"))
    def ended(self, grant: Grant) -> str:
        return moment(grant.revoked_at) or pgettext("grant", "Not ended")

    @admin.display(description=gettext_lazy("UUID"))
    def grant_uuid(self, grant: Grant) -> str:
        return str(grant.uuid)

    @admin.display(description=gettext_lazy("tokens that have not expired"))
    def live_tokens(self, grant: Grant) -> int:
        return Token.objects.live(timezone.now()).filter(grant=grant).count()
