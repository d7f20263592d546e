"""Names of the site and of applications for page titles, which have no markup."""

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
    """Return whether the page shows errors of a form.

    This is a tag because Django logs each variable that a template does not find, with the address.
    """
    return bool(context.get("has_problem") or getattr(context.get("form"), "errors", None))


@register.filter
def in_title(name: str) -> str:
    """Return a name for a title: shortened, and without characters that change the direction of text."""
    shown = "".join(one for one in name if not unicodedata.category(one).startswith("C"))
    return Truncator(shown).chars(_LONGEST)
