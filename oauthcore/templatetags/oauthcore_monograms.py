"""The letter and the colour that pages show for an application without a logo."""

from __future__ import annotations

from zlib import crc32

from django import template

register = template.Library()

#: The number of colours in the stylesheet. ``data-colour`` counts them from 0.
_COLOURS = 8


@register.filter
def colour_of(name: str) -> int:
    """Return the number of a name's colour. It is the same on every page and after every restart."""
    return crc32(name.encode("utf-8", "replace")) % _COLOURS
