"""Second factors for staff. Staff can switch one off for a person who has lost every device and code."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from oauthcore.accounts import User
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.ending import EndingWords, ReadOnlyAdmin
from oauthcore.admin.frame.times import moment
from oauthcore.flows.second_factor.totp_settings import remove_second_factor
from oauthcore.models import Passkey, RecoveryCode, TOTPFactor


@admin.register(TOTPFactor)
class SecondFactorAdmin(ReadOnlyAdmin):
    """Second factors that are on. Seeds and digests are never shown."""

    list_display = ["person", "since", "codes_left", "passkeys"]
    search_help_text = gettext_lazy("A person's login.")
    sortable_by = ("since",)
    ordering = ["-confirmed_at", "-pk"]
    words = EndingWords(
        title=ngettext_lazy("Switch second factor off", "Switch second factors off", "count"),
        button=gettext_lazy("Yes, switch off"),
        question=ngettext_lazy(
            "Switch this second factor off? After this the password alone is enough to log in. Make "
            "sure that this person asks you. They get a mail about it.",
            "Switch these %(count)s second factors off? After this the password alone is enough to log "
            "in. Make sure that these people ask you. They get a mail about it.",
            "count",
        ),
        done=ngettext_lazy(
            "%(count)s second factor was switched off.",
            "%(count)s second factors were switched off.",
            "count",
        ),
        over=gettext_lazy(
            "Nothing was changed. It was already off, or it is your own. Switch off your own on your "
            "security page, with your password and a code."
        ),
    )
    fieldsets = [
        (None, {"fields": ["person", "since"]}),
        (gettext_lazy("Other ways to log in"), {"fields": ["codes_left", "passkeys"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TOTPFactor]:
        """Return the second factors that are on, with counts of codes and passkeys, without secrets."""
        unused = RecoveryCode.objects.filter(factor=OuterRef("pk"), used_at=None)
        passkeys = Passkey.objects.filter(user=OuterRef("user"))
        rows: QuerySet[Any] = super().get_queryset(request).filter(confirmed_at__isnull=False)
        counted: QuerySet[Any] = rows.annotate(
            unused_codes=_count(unused, by="factor"), passkey_count=_count(passkeys, by="user")
        )
        return counted.prefetch_related("user").defer("seed")

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for the second factor of the person with this login."""
        return searching.people(term).within("user_id")

    def heading(self, row: TOTPFactor) -> str:
        """Return whose second factor it is."""
        return _("Second factor: %(person)s") % {"person": self.person(row)}

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the person may see the list. The permission to switch one off is enough."""
        return super().has_view_permission(request, obj) or self.has_end_permission(request)

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may switch second factors off. This is a separate permission."""
        return bool(request.user.has_perm("oauthcore.switch_off_totpfactor"))

    @admin.action(permissions=["end"], description=gettext_lazy("Switch the selected second factors off"))
    def end_selected(self, request: HttpRequest, chosen: QuerySet[TOTPFactor]) -> HttpResponse | None:
        """Ask for confirmation, then switch the chosen second factors off."""
        return self.end_together(request, chosen)

    def _ask_or_end(self, request: HttpRequest, chosen: QuerySet[Any], *, back: str) -> HttpResponse | None:
        # Staff cannot switch off their own here. That takes their password and a code, on the security page.
        return super()._ask_or_end(request, chosen.exclude(user=request.user), back=back)

    def standing(self, rows: QuerySet[TOTPFactor]) -> QuerySet[TOTPFactor]:
        """Return all rows, because the row of a second factor that is switched off is deleted."""
        return rows

    def end(self, row: TOTPFactor, *, reason: str, staff: User) -> bool:
        """Switch a second factor off, with its recovery codes and passkeys. Return False if it was off."""
        return remove_second_factor(row, reason=f"by staff: {reason}", now=timezone.now(), by=staff)

    def in_a_line(self, row: Any) -> tuple[str, str]:
        """Return the person, and what they can still use to log in."""
        words = ngettext("%(count)s recovery code left", "%(count)s recovery codes left", row.unused_codes)
        return self.person(row), words % {"count": row.unused_codes}

    @admin.display(description=gettext_lazy("person"))
    def person(self, factor: TOTPFactor) -> str:
        return str(factor.user.get_username())

    @admin.display(description=gettext_lazy("since"), ordering="confirmed_at")
    def since(self, factor: TOTPFactor) -> str:
        return moment(factor.confirmed_at)

    @admin.display(description=gettext_lazy("recovery codes left"))
    def codes_left(self, factor: Any) -> int:
        return int(factor.unused_codes)

    @admin.display(description=gettext_lazy("passkeys"))
    def passkeys(self, factor: Any) -> int:
        return int(factor.passkey_count)


def _count(rows: QuerySet[Any], *, by: str) -> Coalesce:
    """Return the count of rows that belong to the outer row, as a subquery."""
    counted = rows.order_by().values(by).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
