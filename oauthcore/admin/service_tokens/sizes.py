"""A form field for a size with a unit. One KB is 1,024 bytes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oauthcore.languages import size_in_words
from oauthcore.rules.text.sizes import UNITS, split

_UNITS = [(factor, gettext_lazy("bytes") if factor == 1 else name) for name, factor in UNITS.items()]

#: More than any server takes.
_LARGEST = 2**40


class SizeInput(forms.MultiWidget):
    """A number, and the unit it is in."""

    template_name = "oauthcore/admin/service_tokens/size.html"

    def __init__(self) -> None:
        number = forms.NumberInput({"min": 1, "class": "oauthcore-number"})
        unit = forms.Select({"aria-label": gettext_lazy("Unit")}, choices=_UNITS)
        super().__init__([number, unit])

    def decompress(self, value: int | None) -> list[int | None]:
        """Return what the two fields show."""
        if value is None:
            return [None, UNITS["MB"]]
        number, unit = split(value)
        return [number, UNITS[unit]]

    def id_for_label(self, id_: str) -> str:
        """Return the id of the number, which the label is for."""
        return f"{id_}_0" if id_ else id_


class SizeField(forms.MultiValueField):
    """A size in bytes, or None where no number is given."""

    widget = SizeInput

    def __init__(self, **how: Any) -> None:
        whole = gettext_lazy("Give a whole number of 1 or more.")
        number = forms.IntegerField(
            min_value=1, required=False, error_messages={"invalid": whole, "min_value": whole}
        )
        unit = forms.TypedChoiceField(choices=_UNITS, coerce=int)
        super().__init__((number, unit), require_all_fields=False, required=False, **how)

    def compress(self, values: list[Any]) -> int | None:
        """Return the number of bytes. Raises ValidationError for a size that is too large."""
        if not values or values[0] is None:
            return None
        size: int = values[0] * values[1]
        if size > _LARGEST:
            raise forms.ValidationError(_("Give at most %(size)s.") % {"size": size_in_words(_LARGEST)})
        return size
