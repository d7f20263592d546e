"""What is wrong with a form, for the summary at its top: in the order of the fields, each with its field."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and the field that it is about; none where it is about the form."""

    field: str
    text: str


def problems_of(form: forms.BaseForm) -> list[Problem]:
    """Return what is wrong with a form: first what is about all of it, then field by field from the top."""
    names = {NON_FIELD_ERRORS: "", **{name: name for name in form.fields}}
    return [Problem(field, str(text)) for name, field in names.items() for text in form.errors.get(name, ())]
