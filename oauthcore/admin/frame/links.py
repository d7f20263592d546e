"""Links between the screens, for those who may see where they lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from oauthcore.models import Grant


def events_of(request: HttpRequest, grant: Grant) -> str:
    """Return the address of the security events of a grant, or an empty text for who may not see them."""
    if not request.user.has_perm("oauthcore.view_securityevent"):
        return ""
    return f"{reverse('admin:oauthcore_securityevent_changelist')}?{urlencode({'q': str(grant.uuid)})}"


def linked(request: HttpRequest, row: Any, words: object) -> SafeString | str:
    """Return words that lead to the page of a row, as far as the admin has one and the person may see it."""
    opts = row._meta
    permissions = [f"{opts.app_label}.{act}_{opts.model_name}" for act in ("view", "change")]
    if not any(map(request.user.has_perm, permissions)):
        return str(words)
    try:
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return str(words)
    return format_html('<a href="{}">{}</a>', url, words)
