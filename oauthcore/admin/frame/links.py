"""Links between the screens, shown to people who may open them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oauthcore.models import Grant


def events_of(request: HttpRequest, grant: Grant) -> str:
    """Return the address of a grant's security events, or an empty text if the person may not see them."""
    if not request.user.has_perm("oauthcore.view_securityevent"):
        return ""
    return f"{reverse('admin:oauthcore_securityevent_changelist')}?{urlencode({'q': str(grant.uuid)})}"


def linked(request: HttpRequest, row: Any, words: object) -> SafeString | str:
    """Return words as a link to the page of a row, if the person may see that page; else the words alone."""
    opts = row._meta
    permissions = [f"{opts.app_label}.{act}_{opts.model_name}" for act in ("view", "change")]
    if not any(map(request.user.has_perm, permissions)):
        return str(words)
    try:
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(words)
    return format_html('<a href="{}">{}</a>', url, words)
