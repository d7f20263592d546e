"""JSON routes: those whose every answer is JSON, whatever goes wrong, wherever it does.

They are oauthcore's own endpoints, views guarded by its decorators, and all below ``JSON_PATHS``.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from oauthcore import conf


def mark_json(view: Any) -> Any:
    """Mark a view as one that answers JSON whatever goes wrong, and that no login middleware may redirect."""
    view.oauthcore_json = True
    view.login_required = False
    return view


def is_json_route(request: HttpRequest) -> bool:
    """Return whether a request is for a route that answers JSON only."""
    if request.path_info.startswith(tuple(conf.settings().JSON_PATHS)):
        return True
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return bool(getattr(view, "oauthcore_json", False))
