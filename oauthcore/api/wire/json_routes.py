"""JSON routes: those whose every answer is JSON, whatever goes wrong, wherever it does.

They are oauthcore's own endpoints, views guarded by its decorators, and all below ``JSON_PATHS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from oauthcore import conf


def mark_json(view: Any, beside: Mapping[str, str] | None = None) -> Any:
    """Mark a view as one that answers JSON whatever goes wrong, and that no login middleware may redirect.

    ``beside`` is what a dialect has in every error beside the wire contract's members.
    """
    view.oauthcore_json = True
    view.oauthcore_beside_errors = beside or {}
    view.login_required = False
    return view


def is_json_route(request: HttpRequest) -> bool:
    """Return whether a request is for a route that answers JSON only."""
    if request.path_info.startswith(tuple(conf.settings().JSON_PATHS)):
        return True
    return bool(getattr(view_of(request), "oauthcore_json", False))


def beside_errors(request: HttpRequest) -> Mapping[str, str]:
    """Return what errors of the request's route have beside the wire contract's members."""
    beside: Mapping[str, str] = getattr(view_of(request), "oauthcore_beside_errors", {})
    return beside


def view_of(request: HttpRequest) -> Any:
    """Return the view that a request is for, or None where there is none."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None
