"""Security events for staff: who did what, when and from where. They are read-only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from oauthcore.admin.frame import searching
from oauthcore.admin.frame.links import linked
from oauthcore.admin.frame.lists import BoundedList, DayFilter, RangeFilter
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.admin.frame.times import moment
from oauthcore.admin.people.lifting import PERMISSION as LIFTING
from oauthcore.admin.people.lifting import lifting_view
from oauthcore.admin.people.people import people_named
from oauthcore.models import Application, Grant, SecurityEvent, ServiceToken


class NamedEvents(BoundedList):
    """A page of events with the names of their people and applications, fetched with two statements."""

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page, then the names."""
        super().get_results(request)
        events: list[Any] = list(self.result_list)
        references = {ref for event in events for ref in (event.user_ref, event.person_ref) if ref}
        people = people_named(references)
        names = _applications({event.application_ref for event in events if event.application_ref})
        for event in events:
            event.person_found = people.get(event.user_ref)
            event.owner_found = people.get(event.person_ref)
            event.application_found = names.get(event.application_ref)
        self.result_list = events


@admin.register(SecurityEvent)
class SecurityEventAdmin(OversightAdmin):
    """Security events, filtered by kind and day, and searched by person, application and more."""

    list_display = ["when", "what", "by_and_whose", "of_application", "origin", "how_often"]
    list_filter = ["kind", ("at", RangeFilter), ("at", DayFilter)]
    search_help_text = gettext_lazy(
        "One of: a Request-Id, a person's login or number, an application's name or client ID, an address, "
        "a grant's UUID."
    )
    ordering = ["-at", "-pk"]
    sortable_by = ("when",)
    change_form_template = "oauthcore/admin/frame/standing.html"
    change_list_template = "oauthcore/admin/events/security_events.html"
    list_display_links = ["when", "what"]
    fieldsets = [
        (None, {"fields": ["kind", "reason", "when", "how_often"]}),
        (gettext_lazy("Who, and from where"), {"fields": ["by", "origin", "request"]}),
        (gettext_lazy("What it is about"), {"fields": ["of_person", "of_application", "of_grant"]}),
    ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False, because events never change."""
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that names people and applications."""
        return NamedEvents

    def get_urls(self) -> list[URLPattern]:
        """Return Django's routes, and the route of the page that lifts limits."""
        view = self.admin_site.admin_view(self.lift_view)
        return [path("lift-limits/", view, name="oauthcore_lift_limits"), *super().get_urls()]

    def lift_view(self, request: HttpRequest) -> HttpResponse:
        """Ask whose limits to lift, and lift them."""
        back = reverse("admin:oauthcore_securityevent_changelist", current_app=self.admin_site.name)
        may_view = self.has_view_permission(request)
        frame = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Lift limits of signing in"),
            "has_view_permission": may_view,
            "back": back if may_view else reverse("admin:index", current_app=self.admin_site.name),
        }
        return lifting_view(request, frame, frame["back"])

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with a link to lifting limits for people who may do so."""
        may_lift = request.user.has_perm(LIFTING)
        url = reverse("admin:oauthcore_lift_limits", current_app=self.admin_site.name) if may_lift else ""
        return super().changelist_view(request, {"lift_url": url, **(extra_context or {})})

    def get_readonly_fields(self, request: HttpRequest, obj: SecurityEvent | None = None) -> list[str]:
        """Return all that is on the page."""
        return list(flatten_fieldsets(self.get_fieldsets(request, obj)))

    def heading(self, row: SecurityEvent) -> str:
        """Return what happened, and when."""
        return f"{row.get_kind_display()}, {moment(row.at)}"

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for events about what the text names. Events hold values, not words."""
        return _naming(term)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SecurityEvent | None:
        """Return an event with links to the rows that it names, if the person may see them."""
        event: Any = super().get_object(request, object_id, from_field)
        if event is not None:
            people = people_named({event.user_ref, event.person_ref})
            event.person_found = people.get(event.user_ref)
            event.owner_found = people.get(event.person_ref)
            event.application_found = _applications({event.application_ref}).get(event.application_ref)
            event.asked_by = request
        return event  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, event: SecurityEvent) -> str:
        return moment(event.at)

    @admin.display(description=pgettext_lazy("address", "from"))
    def origin(self, event: SecurityEvent) -> SafeString:
        return format_html('<span class="oauthcore-breaks">{}</span>', event.address)

    @admin.display(description=pgettext_lazy("count", "times"))
    def how_often(self, event: SecurityEvent) -> int:
        return event.count

    @admin.display(description=gettext_lazy("Request-Id"))
    def request(self, event: SecurityEvent) -> str:
        return event.request_id

    @admin.display(description=gettext_lazy("what"))
    def what(self, event: SecurityEvent) -> SafeString:
        return format_html('{}<div class="quiet">{}</div>', event.get_kind_display(), event.reason)

    @admin.display(description=gettext_lazy("who"), empty_value="")
    def by(self, event: Any) -> SafeString | str | None:
        return _named(event, event.person_found, event.user_ref)

    @admin.display(description=gettext_lazy("who"))
    def by_and_whose(self, event: Any) -> SafeString:
        whose = self.of_person(event)
        of = (
            format_html(
                '<div class="quiet">{}</div>', pgettext("person", "for %(person)s") % {"person": whose}
            )
            if whose
            else ""
        )
        return format_html("{}{}", self.by(event) or "", of)

    @admin.display(description=gettext_lazy("person"), empty_value="")
    def of_person(self, event: Any) -> SafeString | str | None:
        return _named(event, event.owner_found, event.person_ref)

    @admin.display(description=gettext_lazy("application"), empty_value="")
    def of_application(self, event: Any) -> SafeString | str | None:
        return _named(event, event.application_found, event.application_ref)

    @admin.display(description=gettext_lazy("grant"), empty_value="")
    def of_grant(self, event: Any) -> SafeString | str | None:
        found = Grant.objects.filter(uuid=event.grant_uuid).first() if event.grant_uuid else None
        if found is not None and found.kind == Grant.Kind.SERVICE:
            found = ServiceToken.objects.get(pk=found.pk)
        return _named(event, found, event.grant_uuid)


def _named(event: Any, found: Any, value: object) -> SafeString | str | None:
    """Return the name of what an event is about, with a link on its own page. Without a name, the value."""
    if not value:
        return None
    if found is None:
        return str(value)
    words = str(value) if isinstance(found, Grant) and not isinstance(found, ServiceToken) else str(found)
    request = getattr(event, "asked_by", None)
    return linked(request, found, words) if request else words


def _applications(references: set[str]) -> dict[str, Application]:
    found = Application.objects.filter(client_id__in=references) if references - {""} else ()
    return {one.client_id: one for one in found}


def _naming(term: str) -> searching.Meaning:
    uuid, address = searching.as_uuid(term), searching.as_address(term)
    # A Request-Id may look like a UUID as well.
    condition = Q(request_id__in={term, term.lower()})
    if uuid is not None:
        return searching.Meaning(condition | Q(grant_uuid=uuid))
    if address is not None:
        return searching.Meaning(condition | Q(address=address))
    people = [term, *map(str, searching.people(term).keys)]
    named = Application.objects.filter(name__iexact=term).values_list("client_id", flat=True)
    applications = searching.first(named)
    condition |= Q(user_ref__in=people) | Q(person_ref__in=people)
    condition |= Q(application_ref__in={term, term.lower(), *applications.keys})
    return searching.Meaning(condition, applications.is_cut)
