"""The scopes of one application: which it has, which its developer can ask staff for, and what staff said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauthcore.accounts import person_of
from oauthcore.flows.applications.scope_requests import LONGEST_REASON, SHORTEST_REASON, ask, scopes_of
from oauthcore.flows.oauth.scope_words import in_groups, in_words
from oauthcore.models import Application, ScopeRequest
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.applications.problems import Problem, problems_of
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.responses import page


class ScopeRequestForm(forms.Form):
    """One scope and the reason for it; the flow says what is wrong with them."""

    scope = forms.CharField(required=False)
    reason = forms.CharField(
        required=False,
        label=gettext_lazy("What do you need it for?"),
        widget=forms.Textarea({"rows": 4, "aria-describedby": "reason-hint id_reason_error"}),
    )

    @property
    def problems(self) -> list[Problem]:
        """What is wrong, for the summary at the top of the form."""
        return problems_of(self)


@application_page("GET", "HEAD", "POST")
def application_scopes(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show the scopes of an application; a POST asks staff for one more."""
    form = ScopeRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask(application, **form.cleaned_data, user=person_of(request))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            said = _("Staff have received your request. This page will show their answer.")
            return see_other(request, request.path, note=said)
    status = 400 if form.errors else 200
    context = {**_context(application, form), "note": note_for(request)}
    return page(request, "oauthcore/applications/scopes.html", context, status=status, has_form=True)


def _context(application: Application, form: ScopeRequestForm) -> dict[str, Any]:
    found = scopes_of(application)
    requests = [found.requests[name] for name in found.approval if name in found.requests]
    waiting = [one for one in requests if one.state == ScopeRequest.State.WAITING]
    # Defaults and required scopes may be narrower than what it has, so they have rows of their own.
    marked = {*application.scopes_by_default, *application.required_scopes}
    askable = set(found.approval) - {one.scope for one in waiting}
    return {
        "application": application,
        "section": "scopes",
        "form": form,
        "chosen": form["scope"].value() or "",
        "scope_groups": _in_words({*found.has, *marked}, application, found.requests),
        "more_are_open": bool(found.open),
        "askable_groups": _in_words(askable, application, found.requests),
        "staff_groups": _in_words(found.staff, application, found.requests),
        "requests": [
            {"made": one, "scope": in_words(one.scope)}
            for one in sorted(requests, key=lambda one: one.created_at, reverse=True)
            if one.state != ScopeRequest.State.APPROVED
        ],
        "shortest_reason": SHORTEST_REASON,
        "longest_reason": LONGEST_REASON,
    }


def _in_words(
    names: Iterable[str], application: Application, requests: dict[str, ScopeRequest]
) -> list[dict[str, Any]]:
    by_default = application.scopes_by_default
    return [
        {
            "title": group.title,
            "scopes": [
                asdict(scope)
                | {
                    "is_default": scope.name in by_default,
                    "is_required": scope.name in application.required_scopes,
                    "request": requests.get(scope.name),
                }
                for scope in group.scopes
            ],
        }
        for group in in_groups(names)
    ]
