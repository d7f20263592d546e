"""What stands in the title of a page, where there is no markup: the names of site and application."""

from __future__ import annotations

import unicodedata

from django import template
from django.template import Context
from django.utils.text import Truncator

from oauthcore import conf

register = template.Library()

_LONGEST = 60


@register.simple_tag
def site_name() -> str:
    """Return the name of the site as people know it."""
    return conf.site_name()


@register.simple_tag(takes_context=True)
def has_error(context: Context) -> bool:
    """Return whether the page shows what is wrong with a form.

    A tag, because a template that looks for a form in vain has Django log the request with its address.
    """
    return bool(context.get("has_problem") or getattr(context.get("form"), "errors", None))


@register.filter
def in_title(name: str) -> str:
    """Return a name as it may stand in a title: short, without marks that would turn the text around it."""
    shown = "".join(one for one in name if not unicodedata.category(one).startswith("C"))
    return Truncator(shown).chars(_LONGEST)
