"""The secrets of one application: which there are, a new one, ending an old one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.accounts import person_of
from oauthcore.flows.applications import client_secrets
from oauthcore.flows.tokens.rotation_overlaps import overlap_choices, overlap_in_words, parse_overlap
from oauthcore.models import Application, ClientSecret
from oauthcore.pages.applications.code.snippets import env_file
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.responses import page
from oauthcore.recording.single_answer import (
    OPEN_TOO_LONG,
    SENT_BEFORE,
    AnsweredBefore,
    NotAnswerable,
    SingleAnswer,
)
from oauthcore.rules.text.numbers import whole_number


@application_page("GET", "HEAD", "POST")
def application_secrets(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show an application's secrets without showing them; make a new one or end an old one."""
    if not application.has_secrets:
        raise Http404
    if request.method != "POST":
        return _secrets_page(request, application)
    if "end" in request.POST:
        return _end(request, application)
    return _rotate(request, application)


def _rotate(request: HttpRequest, application: Application) -> HttpResponseBase:
    overlap = parse_overlap(request.POST.get("overlap", ""))
    if overlap is None:
        return _secrets_page(request, application, problem=_("Choose when the old secret ends."))
    try:
        answer = SingleAnswer.parse(
            request.POST.get("page"), user=person_of(request), purpose=_purpose(application)
        )
        secret = client_secrets.rotate(application, overlap=overlap, page=answer, user=person_of(request))
    except NotAnswerable:
        return _secrets_page(request, application, problem=str(OPEN_TOO_LONG))
    except AnsweredBefore:
        return see_other(request, request.path, note=str(SENT_BEFORE))
    context = {
        "application": application,
        "secret": secret,
        "env": env_file(application, secret=secret),
        "section": "secrets",
        "overlap": overlap_in_words(overlap),
    }
    return page(request, "oauthcore/applications/secret.html", context)


def _end(request: HttpRequest, application: Application) -> HttpResponseBase:
    number = whole_number(request.POST.get("end", ""))
    if number is None:
        raise Http404
    may_be_last = request.POST.get("confirmed") == "yes"
    try:
        was_live = client_secrets.end_secret(
            application, number, may_be_last=may_be_last, user=person_of(request)
        )
    except client_secrets.LastSecret:
        problem = _(
            "No other secret works without a time limit. Confirm below that you want to end this one."
        )
        return _secrets_page(request, application, problem=problem)
    if not was_live:
        return see_other(request, request.path, note=_("This secret has already ended."))
    return see_other(request, request.path, note=_("The secret has ended. It no longer works."))


def _secrets_page(request: HttpRequest, application: Application, *, problem: str = "") -> HttpResponseBase:
    live = list(client_secrets.live_secrets(application, now=timezone.now()))
    context = {
        "application": application,
        "section": "secrets",
        "rows": [_row(one, live) for one in live],
        "last_end": client_secrets.end_of(live),
        "overlaps": overlap_choices(),
        "page": SingleAnswer.sign(user=person_of(request), purpose=_purpose(application)),
        "problem": problem,
        "note": note_for(request),
    }
    status = 400 if problem else 200
    return page(request, "oauthcore/applications/secrets.html", context, status=status, has_form=True)


def _row(secret: ClientSecret, live: list[ClientSecret]) -> dict[str, Any]:
    """Return a secret with what ending it now would mean."""
    return {
        "secret": secret,
        "leaves_none": client_secrets.leaves_none(secret, live),
        "others_end": client_secrets.end_of(one for one in live if one.pk != secret.pk),
    }


def _purpose(application: Application) -> str:
    return f"secret of {application.pk}"
