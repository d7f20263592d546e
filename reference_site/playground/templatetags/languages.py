"""The switch between the languages of the site."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import RequestContext
from django.utils.translation import get_language, get_language_info

register = template.Library()

#: What asks for a language in a link, and would be heard before the person's choice.
_ASKING = {"lang", "ui_locales"}


@register.inclusion_tag("language_switch.html", takes_context=True)
def language_switch(context: RequestContext) -> dict[str, Any]:
    """Show the languages, each in its own words; nothing in the answer to a form: it would be lost."""
    request = context["request"]
    is_shown = request.method == "GET" and len(settings.LANGUAGES) > 1
    return {
        "csrf_token": context.get("csrf_token"),
        "languages": [get_language_info(code) for code, _ in settings.LANGUAGES] if is_shown else [],
        "spoken": get_language(),
        "here": _here(request),
    }


def _here(request: HttpRequest) -> str:
    """Return where the switch leads back: the page, with nothing of its query but where a login leads on."""
    next_url = request.GET.get("next")
    return f"{request.path}?{urlencode({'next': without_language(next_url)})}" if next_url else request.path


def without_language(url: str) -> str:
    """Return an address that asks for no language."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    query = [one for one in parse_qsl(parts.query, keep_blank_values=True) if one[0] not in _ASKING]
    return urlunsplit(parts._replace(query=urlencode(query)))
