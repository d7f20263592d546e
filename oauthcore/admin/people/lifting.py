"""The page with which staff lift the limits of signing in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from oauthcore.accounts import person_of
from oauthcore.admin.frame.oversight import no_secret
from oauthcore.flows.passwords.credentials import LONGEST_LOGIN
from oauthcore.flows.sign_in.lifting_limits import lift_limits
from oauthcore.limiter import REMEMBERED_FOR
from oauthcore.rules.wire.networks import Address, parse_address

PERMISSION = "oauthcore.lift_limits"


class LiftingForm(forms.Form):
    """A login, an address, or both."""

    login = forms.CharField(
        label=gettext_lazy("Username or e-mail address"),
        max_length=LONGEST_LOGIN,
        required=False,
        validators=[no_secret],
        widget=forms.TextInput({"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "This login gets new tries at the address below. Without an address it gets new tries "
            "wherever it was refused lately."
        ),
    )
    address = forms.CharField(
        label=gettext_lazy("Network address"),
        max_length=45,
        required=False,
        widget=forms.TextInput({"class": "vTextField", "autocomplete": "off"}),
        help_text=gettext_lazy("This address gets new tries for every login. IPv6: the whole /64."),
    )

    def clean_address(self) -> Address | None:
        """Return the address. Raises ValidationError if it is not an address."""
        text = self.cleaned_data["address"]
        address = parse_address(text)
        if text and address is None:
            raise forms.ValidationError(_("Give an IPv4 or IPv6 address."))
        return address

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Raises ValidationError if neither field was filled in."""
        given = super().clean() or {}
        if not self.errors and not given.get("login") and given.get("address") is None:
            raise forms.ValidationError(_("Give a login, an address, or both."))
        return given


def lifting_view(request: HttpRequest, frame: dict[str, Any], back: str) -> HttpResponse:
    """Ask for a login or an address, and lift its limits. Redirects to ``back`` with a message."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    form = LiftingForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return TemplateResponse(request, "oauthcore/admin/people/lift_limits.html", {**frame, "form": form})
    given = form.cleaned_data
    lifted = lift_limits(login=given["login"] or None, address=given["address"], by=person_of(request))
    if lifted:
        said = ngettext(
            "%(count)s limit was lifted. Every process of the site knows it within %(seconds)s seconds.",
            "%(count)s limits were lifted. Every process of the site knows it within %(seconds)s seconds.",
            lifted,
        )
        messages.success(request, said % {"count": lifted, "seconds": REMEMBERED_FOR})
    else:
        messages.info(request, _("No limit had counted anything. Nothing was changed."))
    return HttpResponseRedirect(back)
