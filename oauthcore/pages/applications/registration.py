"""Registering an application, and the list of those that are there."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.accounts import person_of
from oauthcore.flows.applications.applications import (
    TooManyApplications,
    number_of_applications,
    register_application,
)
from oauthcore.flows.applications.own_applications import own_applications
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.models import Application, GrantType
from oauthcore.models.applications import new_client_id
from oauthcore.pages.applications.code.snippets import env_file
from oauthcore.pages.applications.forms import RegistrationForm
from oauthcore.pages.applications.scope_choice import scope_choice
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.personal import personal_page
from oauthcore.pages.frame.responses import page
from oauthcore.recording.single_answer import (
    OPEN_TOO_LONG,
    SENT_BEFORE,
    AnsweredBefore,
    NotAnswerable,
    SingleAnswer,
)

_PURPOSE = "register"


@personal_page("GET", "HEAD", for_developers=True)
def applications(request: HttpRequest) -> HttpResponseBase:
    """Show the developer's applications."""
    own = own_applications(person_of(request))
    most = conf.settings().APPLICATIONS_PER_USER
    context = {"own": own, "most": most, "is_full": len(own) >= most, "note": note_for(request)}
    return page(request, "oauthcore/applications/list.html", context)


@personal_page("GET", "HEAD", "POST", for_developers=True, takes_files=True)
def application_new(request: HttpRequest) -> HttpResponseBase:
    """Show the form for a new application, and register what it describes."""
    if request.method == "POST":
        return _register(request)
    if number_of_applications(person_of(request)) >= conf.settings().APPLICATIONS_PER_USER:
        return _full(request)
    return _form_page(request, RegistrationForm(initial=_usual()))


def _usual() -> dict[str, object]:
    """Return what most new applications want."""
    settings = conf.settings()
    return {
        "client_type": Application.ClientType.CONFIDENTIAL,
        "grant_types": [GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN],
        "scopes": [one for one in settings.DEFAULT_SCOPES if settings.vocabulary.may_be_taken(one)],
    }


def _register(request: HttpRequest) -> HttpResponseBase:
    form = RegistrationForm(request.POST, request.FILES)
    try:
        answer = SingleAnswer.parse(request.POST.get("page"), user=person_of(request), purpose=_PURPOSE)
    except NotAnswerable:
        form.add_error(None, OPEN_TOO_LONG)
        return _form_page(request, form)
    if not form.is_valid():
        return _form_page(request, form)
    try:
        application, secret = register_application(
            person_of(request),
            form.description,
            client_type=form.cleaned_data["client_type"],
            page=answer,
            logo=form.new_logo,
        )
    except ValidationError as refusal:
        form.add_refusal(refusal)
        return _form_page(request, form)
    except TooManyApplications:
        return _full(request)
    except AnsweredBefore:
        return _answered_before(request, answer.nonce)
    if secret is None:
        note = _("The application is registered. The values that it needs are below.")
        return see_other(request, reverse("oauthcore:application", args=[application.pk]), note=note)
    context = {
        "application": application,
        "secret": secret,
        "env": env_file(application, secret=secret),
        "is_new": True,
        "section": "secrets",
    }
    return page(request, "oauthcore/applications/secret.html", context)


def _form_page(request: HttpRequest, form: RegistrationForm) -> HttpResponseBase:
    context = {
        "form": form,
        "scope_choice": scope_choice(form),
        "grant_types": grant_types.offered(),
        "page": SingleAnswer.sign(user=person_of(request), purpose=_PURPOSE, nonce=new_client_id()),
    }
    status = 400 if form.is_bound else 200
    return page(
        request,
        "oauthcore/applications/register.html",
        context,
        status=status,
        has_form=True,
        asks_the_site=True,
    )


def _answered_before(request: HttpRequest, client_id: str) -> HttpResponseBase:
    """Lead a browser that sent the form again to what the first answer made, without its secret."""
    rows = Application.objects.filter(owner=request.user.pk, deleted_at=None)
    found = rows.filter(client_id=client_id).first()
    url = reverse("oauthcore:application", args=[found.pk]) if found else reverse("oauthcore:applications")
    return see_other(request, url, note=str(SENT_BEFORE))


def _full(request: HttpRequest) -> HttpResponseBase:
    context = {"most": conf.settings().APPLICATIONS_PER_USER}
    return page(request, "oauthcore/applications/full.html", context, status=403)
