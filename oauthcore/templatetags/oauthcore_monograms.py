"""The letter and the colour that stand for an application without a logo."""

from __future__ import annotations

from zlib import crc32

from django import template

register = template.Library()

#: How many colours the stylesheet has, for ``data-colour`` from 0.
_COLOURS = 8


@register.filter
def colour_of(name: str) -> int:
    """Return the number of the colour of a name: the same one on every page and after every restart."""
    return crc32(name.encode("utf-8", "replace")) % _COLOURS
