"""The one part of Markdown that the description uses: what stands between backticks is code."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def in_code(text: str) -> SafeString:
    """Return a text as HTML, with ``<code>`` for each part between backticks."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # a backtick without its partner
        return format_html("{}", text)
    pieces = [(format_html("<code>{}</code>", part) if at % 2 else part,) for at, part in enumerate(parts)]
    return format_html_join("", "{}", pieces)
