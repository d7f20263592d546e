"""What staff change of an application, as a form: boxes for its switches, and what they looked at."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.models import Application, LegacySwitch


class LegacySwitchesField(forms.MultipleChoiceField):
    """The legacy switches as boxes to tick."""

    def __init__(self, **how: Any) -> None:
        super().__init__(choices=LegacySwitch.choices, widget=forms.CheckboxSelectMultiple, **how)

    def prepare_value(self, value: Any) -> list[str]:
        """Return the switches as a list, which is what the boxes are compared with."""
        return sorted(value or ())


class ApplicationForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """What staff change of an application. A scope that is taken away goes from its defaults as well.

    ``seen`` is what people know it by, as it was shown: nobody vouches for what came in its place since.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.also_changed: list[str] = []
        self.fields["seen"].initial = self._mark = _mark_of(self.instance)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, having narrowed the default and required scopes to those that are left."""
        if self.cleaned_data.get("seen") != self._mark:
            self._refuse_to_vouch()
        if "scopes" in self.changed_data:
            self._narrow(frozenset(self.cleaned_data.get("scopes", ())))
        return self.cleaned_data

    def _refuse_to_vouch(self) -> None:
        for name in {"is_verified", "is_trusted"} & set(self.changed_data):
            if self.cleaned_data.get(name):
                self.add_error(
                    name, _("Its developer has changed it since you opened this page: look at it again.")
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
        """Note an error, unless it is about something that this form cannot change.

        An application whose redirect URIs break a rule that came later can still be suspended.
        """
        if field is None and isinstance(error, ValidationError) and hasattr(error, "error_dict"):
            for name, errors in error.error_dict.items():
                if name in self.fields:
                    super().add_error(name, errors)
            return
        super().add_error(field, error)


def _mark_of(application: Application) -> str:
    known = (application.name, application.website, application.logo_version, *application.redirect_uris)
    return sha256("\n".join(known).encode()).hexdigest()[:16]
