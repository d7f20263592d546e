"""Numbers in addresses: the path converter ``oauthcore_number``, which importing this module registers."""

from __future__ import annotations

from django.urls import register_converter

from oauthcore.rules.text.numbers import whole_number

__all__ = ["NumberConverter", "whole_number"]


class NumberConverter:
    """The number of a row, in its one spelling: no zero before it, and no more digits than a key has.

    Django's ``int`` takes ``007`` for 7, so that one page would have many addresses.
    """

    regex = "0|[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Write the number."""
        return str(value)


register_converter(NumberConverter, "oauthcore_number")
