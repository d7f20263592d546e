"""JSON routes: routes whose every answer is JSON, even if something fails outside of the view.

These are oauthcore's own endpoints, views with its decorators, and all paths below ``JSON_PATHS``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from oauthcore import conf


def mark_json(view: Any, beside: Mapping[str, str] | None = None) -> Any:
    """Mark a view as a JSON route, which no login middleware may redirect.

    ``beside`` are members that a dialect adds to every error.
    """
    view.oauthcore_json = True
    view.oauthcore_beside_errors = beside or {}
    view.login_required = False
    return view


def is_json_route(request: HttpRequest) -> bool:
    """Return whether a request is for a JSON route."""
    if request.path_info.startswith(tuple(conf.settings().JSON_PATHS)):
        return True
    return bool(getattr(view_of(request), "oauthcore_json", False))


def beside_errors(request: HttpRequest) -> Mapping[str, str]:
    """Return the members that a dialect adds to every error of the request's route."""
    beside: Mapping[str, str] = getattr(view_of(request), "oauthcore_beside_errors", {})
    return beside


def view_of(request: HttpRequest) -> Any:
    """Return the view of a request, or None if no route matches."""
    try:
        return resolve(request.path_info).func
    except Resolver404:
        return None
