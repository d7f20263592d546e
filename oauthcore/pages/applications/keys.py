"""The page with the public keys of one application (``private_key_jwt``, RFC 7523)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore import conf
from oauthcore.accounts import person_of
from oauthcore.addresses import absolute
from oauthcore.flows.applications import client_keys
from oauthcore.flows.applications.client_secrets import live_secrets
from oauthcore.languages import translated
from oauthcore.models import Application
from oauthcore.pages.applications.own import application_page
from oauthcore.pages.frame.notes import note_for, see_other
from oauthcore.pages.frame.responses import page
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import ALGORITHMS, MOST_KEYS, looks_private


@application_page("GET", "HEAD", "POST")
@sensitive_post_parameters("jwks")  # somebody may paste a private key
def application_keys(request: HttpRequest, application: Application) -> HttpResponseBase:
    """Show the public keys of an application. A POST replaces or removes them."""
    if not application.may_use_keys:
        raise Http404
    if request.method != "POST":
        return _keys_page(request, application)
    if "give_up" in request.POST:
        return _give_up(request, application)
    return _set(request, application)


def _set(request: HttpRequest, application: Application) -> HttpResponseBase:
    document, url = request.POST.get("jwks", "").strip(), request.POST.get("jwks_uri", "").strip()
    if _has_live_secrets(application) and request.POST.get("confirmed") != "yes":
        return _keys_page(
            request, application, typed=(document, url), problem=_("Confirm that its secrets end now.")
        )
    try:
        is_changed = client_keys.give_keys(application, document, url=url, user=person_of(request))
    except InvalidKey as problem:
        return _keys_page(request, application, typed=(document, url), problem=translated(problem))
    except client_keys.HasNoKeys:
        raise Http404 from None
    note = _("The keys are saved. They work now.") if is_changed else _("These are the keys that it has.")
    return see_other(request, request.path, note=note)


def _give_up(request: HttpRequest, application: Application) -> HttpResponseBase:
    if request.POST.get("confirmed") != "yes":
        return _keys_page(request, application, problem=_("Confirm that its keys stop working now."))
    client_keys.give_up_keys(application, user=person_of(request))
    note = _("The keys no longer work. Make a secret now.")
    return see_other(request, reverse("oauthcore:application_secrets", args=[application.pk]), note=note)


def _keys_page(
    request: HttpRequest, application: Application, *, typed: tuple[str, str] = ("", ""), problem: str = ""
) -> HttpResponseBase:
    context = {
        "application": application,
        "section": "keys",
        "keys": application.client_keys.order_by("-created_at", "pk"),
        "has_secrets": _has_live_secrets(application),
        "typed": "" if looks_private(typed[0]) else typed[0],
        "jwks_uri": typed[1],
        "algorithms": ", ".join(ALGORITHMS),
        "most_keys": MOST_KEYS,
        "issuer": conf.issuer(),
        "token_endpoint": absolute("token"),
        "problem": problem,
        "note": note_for(request),
    }
    status = 400 if problem else 200
    return page(request, "oauthcore/applications/keys.html", context, status=status, has_form=True)


def _has_live_secrets(application: Application) -> bool:
    return live_secrets(application, now=timezone.now()).exists()
