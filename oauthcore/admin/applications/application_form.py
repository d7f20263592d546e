"""The form with which staff change an application."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.languages import translated_error
from oauthcore.models import Application, LegacySwitch

#: What a legacy application can do nothing with unless it has a secret. A public one needs PKCE whatever its
#: switches say, but with its switch that may be plain.
_OF_SECRETS: frozenset[str] = frozenset({LegacySwitch.GET_CREDENTIALS})


def _boxes() -> forms.CheckboxSelectMultiple:
    """Return boxes one below the other, each with its text on one line; the admin's own are narrow."""
    return forms.CheckboxSelectMultiple({"class": "oauthcore-choices"})


class LegacySwitchesField(forms.MultipleChoiceField):
    """The legacy switches as boxes to tick."""

    def __init__(self, **how: Any) -> None:
        super().__init__(choices=LegacySwitch.choices, widget=_boxes(), **how)

    def prepare_value(self, value: Any) -> list[str]:
        """Return the switches as a list, because the boxes are compared with a list."""
        return sorted(value or ())


class StaffGrantTypesField(forms.MultipleChoiceField):
    """The grant types that developers cannot choose, as boxes to tick."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Grant types that staff give"),
            required=False,
            widget=_boxes(),
            help_text=_("Its developer cannot choose these."),
        )


class ShownNames(forms.MultipleHiddenInput):
    """Keeps which boxes were ticked when the page was shown, also where none was."""

    def format_value(self, value: Any) -> list[str]:
        """Return the names, and an empty one that is sent in any case."""
        return ["", *(value or ())]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the names without the empty one."""
        return [one for one in super().value_from_datadict(data, files, name) if one]


class SeenField(forms.CharField):
    """A hidden field that tells which data the page showed. Nobody edits it."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Return False, so that no log says that the field was changed."""
        return False


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What staff change of an application. A scope that is removed is also removed from its default scopes.

    Each field is compared with what the page showed. What others have decided since stays, unless it was
    touched here too. Scopes, switches and grant types are added and removed one by one.
    ``seen`` is a digest of the name and other data as the page showed them. If the developer has changed them
    since, staff cannot verify the application: they have not seen the new data.
    """

    seen = SeenField()
    staff_grant_types = StaffGrantTypesField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.also_changed: list[str] = []
        self.fields["seen"].initial = self._mark = _mark_of(self.instance)
        if "legacy_switches" in self.fields and not self.instance.is_confidential:
            self._hide_switches(_OF_SECRETS)

        self._offer_grant_types()
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "seen"
            if isinstance(field, forms.MultipleChoiceField):
                field.hidden_widget = ShownNames

    def _chosen(self, name: str, now: Iterable[str]) -> frozenset[str]:
        """Return a set of names as it is now, with what was ticked and without what was unticked here."""
        field: Any = self.fields[name]
        sent = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        shown, chosen = frozenset(field.to_python(sent)), frozenset(self.cleaned_data[name])
        return (frozenset(now) - (shown - chosen)) | (chosen - shown)

    def clean_scopes(self) -> frozenset[str]:
        vocabulary = conf.settings().vocabulary
        chosen = self._chosen("scopes", self.instance.scopes)
        return frozenset(one for one in chosen if one in vocabulary)

    def _offer_grant_types(self) -> None:
        """Offer the grant types that staff can give to this application, if there are any."""
        offered = grant_types.given_by_staff(self.instance)
        if not offered:
            del self.fields["staff_grant_types"]
            return
        field: Any = self.fields["staff_grant_types"]
        field.choices = [(one.name, one.label) for one in offered]
        has = frozenset(self.instance.grant_types)
        self.initial["staff_grant_types"] = [one.name for one in offered if one.name in has]

    def clean_staff_grant_types(self) -> list[str]:
        self.instance.grant_types = self._chosen("staff_grant_types", self.instance.grant_types)
        return sorted(self.cleaned_data["staff_grant_types"])

    def _hide_switches(self, names: frozenset[str]) -> None:
        """Offer none of these switches. The application keeps those that it has."""
        has, field = frozenset(self.instance.legacy_switches), self.fields["legacy_switches"]
        field.choices = [one for one in LegacySwitch.choices if one[0] not in names]  # type: ignore[attr-defined]
        self.initial["legacy_switches"] = has - names

    def clean_legacy_switches(self) -> list[str]:
        return sorted(self._chosen("legacy_switches", self.instance.legacy_switches))

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data. Default and required scopes are narrowed to the scopes that are left."""
        if self.cleaned_data.get("seen") != self._mark:
            self._refuse_to_vouch()
        if "scopes" in self.changed_data:
            self._narrow(frozenset(self.cleaned_data.get("scopes", ())))
        return self.cleaned_data

    def _refuse_to_vouch(self) -> None:
        seen = str(self.cleaned_data.get("seen"))
        is_known = seen.partition(".")[0] == self._mark.partition(".")[0]
        self._refuse(*["is_trusted"] if is_known else ["is_trusted", "is_verified"])

    def _refuse(self, *names: str) -> None:
        for name in names:
            if name in self.changed_data and self.cleaned_data.get(name):
                self.add_error(
                    name,
                    _(
                        "Somebody changed the application after you opened this page. Open the page "
                        "again and check it."
                    ),
                )

    def _narrow(self, scopes: frozenset[str]) -> None:
        vocabulary = conf.settings().vocabulary
        for name in ("default_scopes", "required_scopes"):
            before = frozenset(getattr(self.instance, name))
            kept = frozenset(one for one in before if vocabulary.is_within(frozenset([one]), scopes))
            if kept != before:
                setattr(self.instance, name, kept)
                self.also_changed.append(name)

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error, unless it is about something that this form cannot change.

        So staff can suspend an application whose redirect URIs break a newer rule.
        """
        if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                if name in self.fields:
                    super().add_error(name, [translated_error(one) for one in errors])
            return
        super().add_error(field, error)


def fields_about_keys(application: Application | None) -> list[str]:
    """Return the fields about keys that the page shows. A legacy application has none."""
    if application is None or application.is_legacy:
        return []
    return [*(["keys_in_words"] if application.uses_keys else []), "dpop_bound_access_tokens"]


def _mark_of(application: Application) -> str:
    """Return two digests: of the data that staff verify, and of the scopes that staff trust it with."""
    known = (application.name, application.website, application.logo_version, *application.redirect_uris)
    return f"{_digest(known)}.{_digest(sorted(application.scopes))}"


def _digest(texts: Iterable[str]) -> str:
    return sha256("\n".join(texts).encode()).hexdigest()[:16]
