"""Rows that staff end, alone or several at once. A page asks for confirmation and a reason first."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

import oauthcore.converters  # noqa: F401 - registers <oauthcore_number:…>
from oauthcore import conf
from oauthcore.accounts import User, person_of
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.oversight import OversightAdmin, no_secret

#: Each row is a hidden field of the page that asks, and Django takes 1000 fields.
_MOST_AT_ONCE = 500
_MOST_SHOWN = 50


@dataclass(frozen=True)
class EndingWords:
    """The texts about ending rows of one kind. ``title``, ``question`` and ``done`` get the ``count``."""

    title: Any
    button: Any
    question: Any
    done: Any
    over: Any


class ReasonForm(forms.Form):
    """Asks staff why they end something. The reason is kept with the security event."""

    required_css_class = "required"

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=150,
        validators=[no_secret],
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=gettext_lazy("Kept with the security event. Never write a token into it."),
    )


class EndingAdmin(OversightAdmin):
    """Screens of rows that can be ended and are kept. Ending requires the permission to change them."""

    words: EndingWords

    @abstractmethod
    def standing(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows that have not ended yet."""

    @abstractmethod
    def end(self, row: Any, *, reason: str, staff: User) -> bool:
        """End one row. Return False if it had ended before."""

    @abstractmethod
    def in_a_line(self, row: Any) -> tuple[str, str]:
        """Return the name of a row, and a detail that distinguishes it from rows of the same name."""

    def has_end_permission(self, request: HttpRequest) -> bool:
        """Return whether the person may end rows."""
        codename = get_permission_codename("change", self.opts)
        return bool(request.user.has_perm(f"{self.opts.app_label}.{codename}"))

    def may_act(self, request: HttpRequest) -> bool:
        """Return whether the person may use the actions of the list, which all end something."""
        return self.has_end_permission(request)

    def get_urls(self) -> list[URLPattern]:
        """Return Django's routes, and the route of the page that asks before a row is ended."""
        view = self.admin_site.admin_view(self.end_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_end"
        own: list[URLPattern] = [path("<oauthcore_number:number>/end/", view, name=name)]
        return [*own, *super().get_urls()]

    def address_of(self, page: str, *arguments: Any) -> str:
        """Return the address of one of these screens: ``changelist``, ``change``, ``end``."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=arguments, current_app=self.admin_site.name)

    def end_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ask for confirmation, then end one row."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=number)
        if not found.exists():
            raise Http404
        back = self.address_of("change", number)
        question = self._ask_or_end(request, found, back=back)
        # Some rows are deleted when they end, so they have no page any more.
        return question or HttpResponseRedirect(back if found.exists() else self.address_of("changelist"))

    def end_together(self, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        """Ask for confirmation, then end the chosen rows."""
        return self._ask_or_end(request, chosen, back=request.get_full_path())

    def _ask_or_end(self, request: HttpRequest, chosen: QuerySet[Any], *, back: str) -> HttpResponse | None:
        rows = list(self.standing(chosen).order_by("pk")[: _MOST_AT_ONCE + 1])
        if not rows:
            messages.warning(request, str(self.words.over))
            return None
        if len(rows) > _MOST_AT_ONCE:
            said = _("You chose more than %(count)s. Choose fewer. Nothing was changed.")
            messages.warning(request, said % {"count": _MOST_AT_ONCE})
            return None
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._end_all(request, rows, form.cleaned_data["reason"])
            return None
        return TemplateResponse(
            request, "oauthcore/admin/frame/end.html", self._question(request, rows, form, back)
        )

    def _end_all(self, request: HttpRequest, rows: Sequence[Any], reason: str) -> None:
        count = sum(self.end(row, reason=reason, staff=person_of(request)) for row in rows)
        if count:
            messages.success(request, self.words.done % {"count": count})
        else:
            messages.warning(request, str(self.words.over))

    def _question(
        self, request: HttpRequest, rows: Sequence[Any], form: ReasonForm, back: str
    ) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.words.title % {"count": len(rows)},
            "question": self.words.question % {"count": len(rows)},
            "button": self.words.button,
            "action": request.POST.get("action", ""),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "numbers": [row.pk for row in rows],
            "lines": [self.in_a_line(row) for row in rows[:_MOST_SHOWN]],
            "more": len(rows) - _MOST_SHOWN,
            "form": form,
            "back": back,
        }


class ReadOnlyAdmin(EndingAdmin):
    """Rows about a person and an application. They can be ended, and nothing else can be changed."""

    change_form_template = "oauthcore/admin/frame/standing.html"
    actions = ["end_selected"]

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for rows of this person or application."""
        return searching.of("user_id", "application_id", term)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return all that is on the page."""
        return list(flatten_fieldsets(self.get_fieldsets(request, obj)))

    @admin.display(description=gettext_lazy("account"))
    def account(self, row: Any) -> str:
        if row.account_uuid is None:
            return pgettext("account", "None")
        found = conf.settings().account_backend.find(row.account_uuid)
        return f"{found.name} ({row.account_uuid})" if found else str(row.account_uuid)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False, because the page has nothing to change."""
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the button that ends the row, if it has not ended and the person may end it."""
        row = context["original"]
        stands = self.standing(self.get_queryset(request).filter(pk=row.pk)).exists()
        if stands and self.has_end_permission(request):
            context |= {
                "end_url": self.address_of("end", row.pk),
                "end_title": self.words.title % {"count": 1},
            }
        return super().render_change_form(request, context, *args, **kwargs)
