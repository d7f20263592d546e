"""Scope requests for staff: who asks for which scope and why, and buttons to approve or refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from oauthcore import conf
from oauthcore.admin.applications.scopes import LEVELS, in_words
from oauthcore.admin.frame import searching
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.admin.frame.times import day
from oauthcore.flows.applications import scope_requests as flow
from oauthcore.flows.oauth import scope_words
from oauthcore.models import Application, ScopeRequest
from oauthcore.rules.oauth.scopes import Level

_WAITING = ScopeRequest.State.WAITING


class AnswerForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """The answer of staff to the developer. It may be empty."""

    class Meta:
        model = ScopeRequest
        fields = ["answer"]
        # A text area, so that the Enter key does not send the form.
        widgets = {"answer": forms.Textarea({"rows": 3, "class": "vLargeTextField"})}
        labels = {"answer": gettext_lazy("Answer to the developer")}
        help_texts = {"answer": gettext_lazy("Shown on the application's page. May be left empty.")}


class LevelFilter(admin.SimpleListFilter):
    """Requests for scopes of one level."""

    title = gettext_lazy("level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return [(level.value, words) for level, words in LEVELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ScopeRequest]) -> QuerySet[ScopeRequest]:
        vocabulary = conf.settings().vocabulary
        if self.value() not in set(Level):
            return queryset
        return queryset.filter(
            scope__in=[name for name in vocabulary.words if vocabulary.level_of(name) == self.value()]
        )


class ScopeFilter(admin.SimpleListFilter):
    """Requests for one scope, in words."""

    title = gettext_lazy("scope")
    parameter_name = "scope"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        vocabulary = conf.settings().vocabulary
        asked = [name for name in vocabulary.words if vocabulary.level_of(name) != Level.OPEN]
        return [(name, scope_words.in_words(name).description) for name in sorted(asked)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ScopeRequest]) -> QuerySet[ScopeRequest]:
        return queryset.filter(scope=self.value()) if self.value() else queryset


@admin.register(ScopeRequest)
class ScopeRequestAdmin(OversightAdmin):
    """Requests for scopes. Each is decided once, on its page or together with others."""

    form = AnswerForm
    change_form_template = "oauthcore/admin/applications/scope_request.html"
    list_display = ["wish_with_level", "application", "reason_shortly", "standing"]
    list_filter = ["state", LevelFilter, ScopeFilter]
    search_help_text = gettext_lazy("A scope, an application's client ID, or the beginning of either's name.")
    ordering = ["-state", "created_at", "pk"]  # by their names, waiting ones come first
    actions = ["approve_selected", "refuse_selected"]
    fieldsets = [
        (None, {"fields": ["application", "owner", "scopes_so_far"]}),
        (gettext_lazy("What it asks for"), {"fields": ["wish", "level", "reason", "created_at"]}),
        (gettext_lazy("Decision"), {"fields": ["state", "decided_by", "decided_at", "answer"]}),
    ]

    def heading(self, row: ScopeRequest) -> str:
        """Return which scope is asked for, and by which application."""
        return _("%(scope)s for %(application)s") % {"scope": row.scope, "application": row.application.name}

    def meaning(self, term: str) -> searching.Meaning:
        """Return the condition for requests whose scope or application begins with the text."""
        scope = searching.Meaning(Q(scope__istartswith=term))
        return scope | searching.applications(term).within("application_id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScopeRequest]:
        """Return all requests except those of deleted applications, which can no longer be decided."""
        everything = super().get_queryset(request).prefetch_related("application")
        deleted = Application.objects.filter(pk=OuterRef("application"), deleted_at__isnull=False)
        return everything.exclude(Q(state=_WAITING) & Exists(deleted))

    def get_readonly_fields(self, request: HttpRequest, obj: ScopeRequest | None = None) -> list[str]:
        """Return all fields of the page. The answer can be edited until the request is decided."""
        shown = flatten_fieldsets(self.get_fieldsets(request, obj))
        return [name for name in shown if name != "answer" or obj is None or obj.state != _WAITING]

    def save_model(self, request: HttpRequest, obj: ScopeRequest, form: Any, change: bool) -> None:
        """Approve or refuse, as the pressed button says. Without a button nothing happens."""
        answer = form.cleaned_data.get("answer", "")
        if "_approve" in request.POST and self._decide(request, [obj], flow.approve, answer):
            messages.success(request, _("Approved: %(wish)s") % {"wish": self._in_a_line(obj)})
        elif "_refuse" in request.POST and self._decide(request, [obj], flow.refuse, answer):
            messages.success(request, _("Refused: %(wish)s") % {"wish": self._in_a_line(obj)})

    def response_change(self, request: HttpRequest, obj: ScopeRequest) -> HttpResponse:
        """Lead back to the list."""
        return self.response_post_save_change(request, obj)

    def log_change(self, request: HttpRequest, obj: ScopeRequest, message: Any) -> Any:
        """Write no admin log entry. The decision is a security event, and stored in the row."""

    @admin.action(permissions=["change"], description=gettext_lazy("Approve the selected requests"))
    def approve_selected(self, request: HttpRequest, chosen: QuerySet[ScopeRequest]) -> HttpResponse | None:
        """Ask for confirmation, then approve the chosen requests that are waiting."""
        return self._decide_together(request, chosen, is_approval=True)

    @admin.action(permissions=["change"], description=gettext_lazy("Refuse the selected requests"))
    def refuse_selected(self, request: HttpRequest, chosen: QuerySet[ScopeRequest]) -> HttpResponse | None:
        """Ask for confirmation, then refuse the chosen requests that are waiting."""
        return self._decide_together(request, chosen, is_approval=False)

    def _decide_together(
        self, request: HttpRequest, chosen: QuerySet[ScopeRequest], *, is_approval: bool
    ) -> HttpResponse | None:
        # Always in the same order, so that two decisions at once do not deadlock.
        waiting = list(chosen.filter(state=_WAITING).order_by("application_id", "pk"))
        if not waiting:
            messages.warning(request, _("These requests are already decided. Nothing was changed."))
            return None
        form = AnswerForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            decide = flow.approve if is_approval else flow.refuse
            count = self._decide(request, waiting, decide, form.cleaned_data["answer"])
            self._say_how_many(request, count, is_approval=is_approval)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Approve requests") if is_approval else _("Refuse requests"),
            "is_approval": is_approval,
            "action": request.POST.get("action", ""),
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "form": form,
            "requests": [(one, in_words([one.scope])) for one in waiting],
        }
        return TemplateResponse(request, "oauthcore/admin/applications/decide_scope_requests.html", context)

    def _decide(self, request: HttpRequest, asked: list[ScopeRequest], decide: Any, answer: str) -> int:
        """Decide each request and return how many were decided. Show a message for each that could not be."""
        count = 0
        for one in asked:
            try:
                is_decided = decide(one, staff=request.user, answer=answer)
                problem = _("It was already decided, or the application was deleted.")
            except ValidationError as refusal:
                is_decided, problem = False, " ".join(refusal.messages)
            if is_decided:
                count += 1
            else:
                said = _("Nothing was changed for %(wish)s: %(problem)s")
                messages.warning(request, said % {"wish": self._in_a_line(one), "problem": problem})
        return count

    def _say_how_many(self, request: HttpRequest, count: int, *, is_approval: bool) -> None:
        if count and is_approval:
            said = ngettext("%(count)s request was approved.", "%(count)s requests were approved.", count)
            messages.success(request, said % {"count": count})
        elif count:
            said = ngettext("%(count)s request was refused.", "%(count)s requests were refused.", count)
            messages.success(request, said % {"count": count})

    @staticmethod
    def _in_a_line(asked: ScopeRequest) -> str:
        return f"{asked.application.name} – {scope_words.in_words(asked.scope).description}"

    @admin.display(description=gettext_lazy("scope"))
    def wish(self, asked: ScopeRequest) -> SafeString:
        return in_words([asked.scope])

    @admin.display(description=gettext_lazy("scope"))
    def wish_with_level(self, asked: ScopeRequest) -> SafeString:
        return format_html('{}<div class="quiet">{}</div>', self.wish(asked), self.level(asked))

    @admin.display(description=gettext_lazy("state"))
    def standing(self, asked: ScopeRequest) -> SafeString:
        since = day(asked.decided_at or asked.created_at)
        return format_html('{}<div class="quiet">{}</div>', asked.get_state_display(), since)

    @admin.display(description=gettext_lazy("level"))
    def level(self, asked: ScopeRequest) -> str:
        return str(LEVELS[conf.settings().vocabulary.level_of(asked.scope)])

    @admin.display(description=gettext_lazy("reason"))
    def reason_shortly(self, asked: ScopeRequest) -> str:
        return Truncator(asked.reason).chars(120)

    @admin.display(description=gettext_lazy("owner"))
    def owner(self, asked: ScopeRequest) -> str:
        return str(asked.application.owner or "")

    @admin.display(description=gettext_lazy("scopes so far"))
    def scopes_so_far(self, asked: ScopeRequest) -> SafeString:
        return in_words(asked.application.scopes)
