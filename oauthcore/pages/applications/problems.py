"""The errors of a form, for the summary at its top, in the order of the fields."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS


@dataclass(frozen=True)
class Problem:
    """One error and its field. An error about the whole form has no field."""

    field: str
    text: str


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Return the errors of a form: first those about the whole form, then those of each field."""
    names = {NON_FIELD_ERRORS: "", **{name: name for name in form.fields}}
    return [Problem(field, str(text)) for name, field in names.items() for text in form.errors.get(name, ())]
