"""The forms of service tokens: scopes, networks, expiry and size."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.admin.widgets import AdminRadioSelect
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.admin.applications.scopes import AccountScopeBoxes, ScopesField
from oauthcore.admin.frame.oversight import no_secret
from oauthcore.admin.frame.times import moment
from oauthcore.admin.service_tokens.sizes import SizeField
from oauthcore.flows.service_tokens.limits import Limits, mark_of, network_problems
from oauthcore.models import ServiceToken

_PRESETS = (30, 90, 365)
_LATEST = timedelta(days=36500)

#: Which field shows what the flow says is wrong with a limit.
_FIELD_OF = {
    "expires_at": "expiry",
    "allowed_networks": "networks",
    "max_request_bytes": "max_request_bytes",
    "account_uuid": "account_uuid",
}

Fieldsets = list[tuple[Any, dict[str, Any]]]


class LimitsForm(forms.Form):
    """The fields of a service token that staff can set and change at any time."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=200,
        validators=[no_secret],
        widget=forms.TextInput({"class": "vTextField"}),
        help_text=gettext_lazy("What uses it, such as “Nightly export”."),
    )
    contact = forms.EmailField(
        label=gettext_lazy("Contact"),
        required=False,
        max_length=254,
        widget=forms.EmailInput({"class": "vTextField"}),
        help_text=gettext_lazy("This address gets a mail before the token expires. May be left empty."),
    )
    scopes = ScopesField(
        AccountScopeBoxes,
        label=gettext_lazy("Scopes"),
        required=False,
        help_text=gettext_lazy(
            "Give it only what it needs. Without scopes it can use only what every token can use."
        ),
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("Works from"),
        choices=[
            ("anywhere", pgettext_lazy("works from", "Anywhere")),
            ("networks", gettext_lazy("Only these networks")),
        ],
        widget=AdminRadioSelect({"class": "oauthcore-choices"}),
        initial="anywhere",
    )
    networks = forms.CharField(
        label=gettext_lazy("Networks"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(
            {"rows": 5, "class": "oauthcore-lines", "spellcheck": "false", "dir": "ltr", "wrap": "off"}
        ),
        help_text=gettext_lazy(
            "One IPv4 or IPv6 address or network per line, such as 203.0.113.7 or 2001:db8::/32. "
            "If the list of a restricted token is empty, the token is refused from everywhere."
        ),
    )
    expiry = forms.ChoiceField(
        label=pgettext_lazy("token", "Expires"), widget=AdminRadioSelect({"class": "oauthcore-choices"})
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The last day on which it works, for “On a date”."),
    )
    max_request_bytes = SizeField(
        label=gettext_lazy("Largest request"),
        help_text=gettext_lazy("Larger bodies are refused. 1 KB is 1,024 bytes. Leave empty for no limit."),
    )

    def __init__(self, data: Any = None, *, token: ServiceToken | None = None, initial: Any = None) -> None:
        self.token = token
        super().__init__(data, initial=self._initial() | (initial or {}))
        # This form compares with the current values, so it needs no hidden copy of the shown ones.
        self.fields["scopes"].show_hidden_initial = False
        self.fields["expiry"].choices = list(self._expiries())  # type: ignore[attr-defined]

    def _initial(self) -> dict[str, Any]:
        if self.token is None:
            return {"expiry": "90"}
        networks = self.token.allowed_networks
        return {
            "seen": mark_of(self.token),
            "label": self.token.label,
            "contact": self.token.contact,
            "scopes": self.token.scopes,
            "origin": "anywhere" if networks is None else "networks",
            "networks": "\n".join(networks or ()),
            "expiry": "kept",
            "max_request_bytes": self.token.max_request_bytes,
        }

    def _expiries(self) -> Any:
        if self.token is not None:
            at = self.token.expires_at
            yield (
                "kept",
                _("As it is: %(when)s") % {"when": moment(at)} if at else _("As it is: it never expires"),
            )
        for days in _PRESETS:
            yield str(days), ngettext("In %(days)s day", "In %(days)s days", days) % {"days": days}
        yield "date", _("On a date")
        if self.token is None or self.token.expires_at is not None:
            yield "never", pgettext("expires", "Never")

    def fieldsets(self) -> Fieldsets:
        """Return the parts of the page."""
        return [
            (None, {"fields": ["label", "contact"]}),
            (pgettext("token", "What it may do"), {"fields": ["scopes"]}),
            (_("From where"), {"fields": ["origin", "networks"]}),
            (_("For how long"), {"fields": ["expiry", "expires_on"]}),
            (_("How much at once"), {"fields": ["max_request_bytes"]}),
        ]

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, with checks of the fields that depend on each other."""
        given = self.cleaned_data
        lines = tuple(given.get("networks", "").splitlines())
        problems = network_problems(lines)
        if problems:
            self.add_error("networks", problems)
        elif given.get("origin") == "anywhere" and "".join(lines).strip():
            said = _("Networks are listed below. Choose “Only these networks”, or clear the list.")
            self.add_error("origin", said)
        if given.get("expiry") == "date" and "expires_on" not in self.errors:
            self._clean_date(given.get("expires_on"))
        return given

    def _clean_date(self, day: Any) -> None:
        today = timezone.localdate()
        if day is None:
            self.add_error("expires_on", _("Choose the date."))
        elif not today <= day <= today + _LATEST:
            self.add_error("expires_on", _("Choose a future day, within a hundred years."))

    def limits(self) -> Limits:
        """Return the limits that were entered. Call it only on a valid form."""
        given = self.cleaned_data
        lines = tuple(given["networks"].splitlines())
        return Limits(
            label=given["label"],
            contact=given["contact"],
            scopes=frozenset(given["scopes"]),
            expires_at=self._expires_at(),
            allowed_networks=lines if given["origin"] == "networks" else None,
            max_request_bytes=given["max_request_bytes"],
        )

    def _expires_at(self) -> datetime | None:
        choice = self.cleaned_data["expiry"]
        if choice == "kept" and self.token is not None:
            return self.token.expires_at
        if choice == "never":
            return None
        if choice == "date":
            after = self.cleaned_data["expires_on"] + timedelta(days=1)
            return datetime.combine(after, time.min, tzinfo=timezone.get_current_timezone())
        return timezone.now() + timedelta(days=int(choice))

    def show_again(self, mark: str) -> None:
        """Say that somebody else changed the token meanwhile. Saving again then overwrites that change."""
        self.data = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        self.data["seen"] = mark  # type: ignore[index]
        said = _(
            "Somebody changed this token after you opened the page. Nothing was saved. Check its limits "
            "in another window. If you save again, your values replace them."
        )
        self.add_error(None, said)

    def add_refusal(self, refusal: ValidationError) -> None:
        """Show the errors of the flow beside their fields."""
        for name, errors in refusal.error_dict.items():
            self.say(_FIELD_OF.get(name, name), errors)

    def say(self, name: str, problem: Any) -> None:
        """Show a problem beside its field, or above the form if it has no such field."""
        self.add_error(name if name in self.fields else None, problem)


class NewTokenForm(LimitsForm):
    """The form for a new token. On a site with accounts it also asks for the account."""

    own_account = forms.ChoiceField(label=gettext_lazy("Account"), required=False)
    account_uuid = forms.UUIDField(
        label=gettext_lazy("UUID of the account"),
        required=False,
        widget=forms.TextInput({"class": "vTextField", "dir": "ltr"}),
        help_text=gettext_lazy(
            "The token works on the data of this account. It cannot move to another account."
        ),
    )

    def __init__(self, data: Any = None, *, staff: User, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        if not conf.settings().has_accounts:
            del self.fields["own_account"], self.fields["account_uuid"]
            return
        own = [(str(one.uuid), one.name) for one in conf.settings().account_backend.accounts_of(staff)]
        if own:
            choices = [("", _("Another one, by its UUID")), *own]
            self.fields["own_account"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["own_account"]

    def fieldsets(self) -> Fieldsets:
        """Return the sections of the page, with the account in the first one."""
        account = [name for name in ("own_account", "account_uuid") if name in self.fields]
        first: dict[str, Any] = {"fields": ["label", "contact", *account]}
        if not account:
            first["description"] = _(
                "This site has no accounts, so the token works on the whole site. "
                "The setting ACCOUNT_BACKEND names the class that knows accounts."
            )
        return [(None, first), *super().fieldsets()[1:]]

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, with the account that was chosen or entered."""
        given = super().clean()
        own, other = given.get("own_account"), given.get("account_uuid")
        if own and other and str(other) != own:
            self.add_error(
                "account_uuid", _("This is not the account that you chose above. Give only one of them.")
            )
        elif own:
            given["account_uuid"] = UUID(own)
        return given
