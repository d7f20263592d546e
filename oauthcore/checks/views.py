"""Checks of the site's views: each says which scopes it requires, and lets nothing stand in for a token."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore import conf
from oauthcore.checks.configuration import check_settings


@register(Tags.urls)
def check_views(**_: Any) -> list[CheckMessage]:
    """Check that every DRF view with our authentication says which scopes it requires."""
    hint = 'Add requires("…") to permission_classes; requires() without a scope takes any live token.'
    return [
        Error(f"{view.__module__}.{view.__name__} requires no scopes.", hint=hint, id="oauthcore.E011")
        for view in _drf_views(get_resolver().url_patterns)
        if not _says_scopes(view)
    ]


@register(Tags.urls)
def check_authentication_order(**_: Any) -> list[CheckMessage]:
    """Check that no DRF view asks another authentication before ours: it would stand in for a bad token."""
    from oauthcore.api.authentication import BearerAuthentication

    hint = (
        "Put BearerAuthentication first in authentication_classes: otherwise a session cookie stands in "
        "for a token that is expired or revoked."
    )
    return [
        Error(
            f"{view.__module__}.{view.__name__} asks another authentication before BearerAuthentication.",
            hint=hint,
            id="oauthcore.E014",
        )
        for view in _drf_views(get_resolver().url_patterns)
        if not issubclass(view.authentication_classes[0], BearerAuthentication)
    ]


def _drf_views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[Any]:
    from oauthcore.api.authentication import BearerAuthentication

    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _drf_views(pattern.url_patterns)
        elif any(issubclass(one, BearerAuthentication) for one in _authentication_classes(pattern)):
            yield pattern.callback.cls  # type: ignore[attr-defined]


def _authentication_classes(pattern: URLPattern) -> list[type]:
    view = getattr(pattern.callback, "cls", None)
    return [one for one in getattr(view, "authentication_classes", ()) if isinstance(one, type)]


def _says_scopes(view: Any) -> bool:
    from rest_framework.views import APIView

    from oauthcore.api.permissions import requirements_in

    # A view that chooses its permissions at run time is left to the check at run time.
    if view.get_permissions is not APIView.get_permissions:
        return True
    return any(requirements_in(permission()) for permission in view.permission_classes)


@register(Tags.urls)
def check_required_scopes(**_: Any) -> list[CheckMessage]:
    """Check that views require scopes that the site has: nobody can ever be granted another."""
    if check_settings():
        return []  # which scopes there are can be told when the settings are mended
    known = conf.settings().vocabulary
    hint = "Correct the spelling, or add it to SCOPES."
    return [
        Error(f"{view} requires {scope!r}, which is not in SCOPES.", hint=hint, id="oauthcore.E016")
        for view, required in _required(get_resolver().url_patterns)
        for scope in sorted(required)
        if scope not in known
    ]


def _required(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each view, and the scopes that it names."""
    from oauthcore.api.permissions import requirements_in

    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _required(pattern.url_patterns)
            continue
        view: Any = getattr(pattern.callback, "cls", pattern.callback)
        permissions = [permission() for permission in getattr(view, "permission_classes", ())]
        required = {scope for one in permissions for each in requirements_in(one) for scope in each.scopes}
        name = getattr(view, "__qualname__", type(view).__name__)
        yield f"{view.__module__}.{name}", required | set(getattr(view, "oauthcore_scopes", ()))
