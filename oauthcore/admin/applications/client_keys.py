"""The page with which staff set the public keys of an application (``private_key_jwt``, RFC 7523)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from oauthcore.accounts import person_of
from oauthcore.admin.frame.oversight import OversightAdmin
from oauthcore.admin.frame.times import moment
from oauthcore.flows.applications import client_keys
from oauthcore.flows.applications.client_secrets import live_secrets
from oauthcore.languages import translated
from oauthcore.models import Application, ClientKey
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import ALGORITHMS, looks_private

_MONOSPACE = {"class": "vLargeTextField", "rows": 10, "dir": "ltr", "spellcheck": "false"}


class KeysForm(forms.Form):
    """A JWK Set, or its address. ``confirmed`` says that staff know what stops working."""

    jwks = forms.CharField(
        label=gettext_lazy("Public keys (JWK Set)"),
        required=False,
        widget=forms.Textarea(_MONOSPACE),
        help_text=gettext_lazy("These keys replace all keys that the application has."),
    )
    jwks_uri = forms.CharField(
        label=gettext_lazy("Or their address (jwks_uri)"),
        max_length=255,
        required=False,
        widget=forms.TextInput({"class": "vURLField", "dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("An https address of a JWK Set. It is read now, and again later."),
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("Its secrets end now. A server that still sends one gets no tokens"),
        error_messages={"required": gettext_lazy("Confirm that its secrets end now.")},
    )

    def __init__(self, *args: Any, has_secrets: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_secrets:
            del self.fields["confirmed"]

    def clean_jwks(self) -> str:
        """Return the text. A private key is refused later, and is not shown again."""
        text: str = self.cleaned_data["jwks"].strip()
        if looks_private(text):
            self.data = {**dict(self.data.items()), "jwks": ""}
        return text


class KeysOfApplications(OversightAdmin):
    """The pages of applications, with the page that sets their keys."""

    change_form_template = "oauthcore/admin/applications/application.html"

    def get_urls(self) -> list[URLPattern]:
        """Return Django's routes, and the route of the page for keys.

        That page is not part of ``ATOMIC_REQUESTS``, because it may read an address.
        """
        page = self.admin_site.admin_view(sensitive_post_parameters("jwks")(self.keys_view))
        view = transaction.non_atomic_requests(page)
        own = path("<oauthcore_number:number>/keys/", view, name="oauthcore_application_keys")
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show the page with a link to its keys, if staff may set them."""
        row = context.get("original")
        if row is not None and self.has_change_permission(request, row) and _may_have_keys(row):
            context |= {"keys_url": self._address("keys", row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def keys_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ask for keys, and give them to the application in place of its secrets or earlier keys."""
        application = self.get_queryset(request).filter(pk=number).first()
        if application is None or not _may_have_keys(application):
            raise Http404
        if not self.has_change_permission(request, application):
            raise PermissionDenied
        has_secrets = live_secrets(application, now=timezone.now()).exists()
        form = KeysForm(request.POST if request.method == "POST" else None, has_secrets=has_secrets)
        if form.is_valid() and self._is_set(request, application, form):
            return HttpResponseRedirect(self._address("change", application))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Keys: %(application)s") % {"application": application},
            "form": form,
            "application": application,
            "keys": application.client_keys.order_by("-created_at", "pk"),
            "algorithms": ", ".join(ALGORITHMS),
            "back": self._address("change", application),
        }
        return TemplateResponse(request, "oauthcore/admin/applications/keys.html", context)

    def _is_set(self, request: HttpRequest, application: Application, form: KeysForm) -> bool:
        given, staff = form.cleaned_data, person_of(request)
        try:
            is_changed = client_keys.give_keys(
                application, given["jwks"], url=given["jwks_uri"], user=staff, is_staff=True
            )
        except InvalidKey as problem:
            form.add_error(None, translated(problem))
            return False
        except (client_keys.HasNoKeys, Application.DoesNotExist):
            raise Http404 from None
        if is_changed:
            messages.success(request, _("The keys are saved. They work now."))
        else:
            messages.info(request, _("These are the keys that it has."))
        return True

    def _address(self, page: str, application: Application) -> str:
        name = f"admin:oauthcore_application_{page}"
        return reverse(name, args=[application.pk], current_app=self.admin_site.name)


def _may_have_keys(application: Application) -> bool:
    """Return whether staff may set its keys. An application that registered itself gives its own keys."""
    is_there = application.deleted_at is None and not application.is_self_registered
    return is_there and application.may_use_keys


def key_in_words(key: ClientKey) -> str:
    """Return the name and the kind of a key, and when it was last used."""
    if key.last_used_at is None:
        return _("%(name)s (%(kind)s), never used") % {"name": key.name, "kind": key.kind}
    said = _("%(name)s (%(kind)s), last used: %(at)s")
    return said % {"name": key.name, "kind": key.kind, "at": moment(key.last_used_at)}
