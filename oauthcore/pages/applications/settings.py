"""The settings of one application: changing it, turning it off and on, deleting it."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.accounts import person_of
from oauthcore.flows.applications.applications import change_application, delete_application, set_enabled
from oauthcore.flows.applications.impact import impact_of
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.models import Application
from oauthcore.pages.applications import openid_fields
from oauthcore.pages.applications.forms import ApplicationForm
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.applications.scope_choice import scope_choice
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.responses import page

#: No name is nearly as long, however it is encoded; what is longer could take minutes to bring into one form.
_LONGEST_TYPED = 1000


@application_page("GET", "HEAD", "POST", takes_files=True)
def application_edit(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show what can be changed of an application, and change it."""
    if request.method != "POST":
        return _settings_page(
            request, application, ApplicationForm(initial=_as_it_is(application), application=application)
        )
    form = ApplicationForm(request.POST, request.FILES, application=application)
    if not form.is_valid():
        return _settings_page(request, application, form)
    try:
        change_application(
            application,
            form.description,
            seen=form.seen_scopes,
            user=person_of(request),
            logo=form.new_logo,
        )
    except ValidationError as refusal:
        form.add_refusal(refusal)
        return _settings_page(request, application, form)
    return see_other(request, request.path, note=_("Your changes are saved."))


def _as_it_is(application: Application) -> dict[str, object]:
    return {
        "name": application.name,
        "website": application.website,
        "redirect_uris": "\n".join(application.redirect_uris),
        "grant_types": sorted(application.grant_types),
        "access_token_format": application.access_token_format,
        "scopes": sorted(application.scopes),
        "default_scopes": sorted(application.default_scopes),
        "required_scopes": sorted(application.required_scopes),
        "dpop_bound_access_tokens": application.dpop_bound_access_tokens,
        **openid_fields.initial(application),
    }


def _settings_page(request: HttpRequest, application: Application, form: ApplicationForm) -> HttpResponseBase:
    context = {
        "application": application,
        "section": "settings",
        "form": form,
        "scope_choice": scope_choice(form),
        "grant_types": grant_types.offered(),
        "impact": impact_of(application, now=timezone.now()),
        "note": note_for(request),
    }
    return page(
        request,
        "oauthcore/applications/settings.html",
        context,
        status=400 if form.is_bound else 200,
        has_form=True,
        asks_the_site=True,
    )


@application_page("POST")
def application_switch(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Turn an application off, or on again."""
    is_enabled = request.POST.get("enabled") == "yes"
    set_enabled(application, is_enabled, user=person_of(request))
    note = (
        _("The application is turned on again.")
        if is_enabled
        else _("The application is turned off. It does not work until you turn it on again.")
    )
    return see_other(request, reverse("oauthcore:application_edit", args=[application.pk]), note=note)


@application_page("GET", "HEAD", "POST")
def application_delete(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show what would break, and delete an application once its name is typed."""
    problem = ""
    if request.method == "POST":
        if _is_name(request.POST.get("name", ""), application.name):
            delete_application(application, user=person_of(request))
            note = _("“%(name)s” is deleted. All its access has ended.") % {"name": application.name}
            return see_other(request, reverse("oauthcore:applications"), note=note)
        problem = _("The name is not the same. Nothing was deleted.")
    context = {
        "application": application,
        "section": "settings",
        "impact": impact_of(application, now=timezone.now()),
        "problem": problem,
        "typed": request.POST.get("name", ""),
    }
    status = 400 if problem else 200
    return page(request, "oauthcore/applications/delete.html", context, status=status, has_form=True)


def _is_name(typed: str, name: str) -> bool:
    """Return whether somebody typed a name as they see it, however its spaces and accents are encoded."""

    def seen(text: str) -> str:
        return " ".join(unicodedata.normalize("NFC", text).split())

    return len(typed) <= _LONGEST_TYPED and seen(typed) == seen(name)
