"""Checks of the site's views: what they require of a token, and how they authenticate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.rules.oauth.step_up import STRENGTHS, LoginWanted


@dataclass(frozen=True)
class _Routed:
    """A DRF view as it is mounted: ``as_view(permission_classes=…)`` counts, and so does an ``@action``."""

    view: Any
    given: Mapping[str, Any]

    def of(self, name: str) -> Any:
        """Return an attribute of the view."""
        return self.given.get(name, getattr(self.view, name, ()))

    @property
    def name(self) -> str:
        """The dotted name of the view."""
        return f"{self.view.__module__}.{self.view.__name__}"

    @property
    def authentication_classes(self) -> list[type]:
        """How it authenticates."""
        return [one for one in self.of("authentication_classes") if isinstance(one, type)]

    @property
    def permissions(self) -> list[Any]:
        """The permissions of the view, created as DRF creates them."""
        return [permission() for permission in self.of("permission_classes")]


@register(Tags.urls)
def check_views(**_: Any) -> list[CheckMessage]:
    """Check that every DRF view with our authentication says what it requires of a token."""
    hint = (
        'Add requires("…") to permission_classes; requires() without a scope takes any live token. A view '
        "that is public on purpose says so with Public. Both are in oauthcore.api.drf."
    )
    silent = (routed.name for routed in _with_tokens(get_resolver().url_patterns) if not _says_what(routed))
    return [
        Error(f"{name} requires no scopes.", hint=hint, id="oauthcore.E011") for name in dict.fromkeys(silent)
    ]


@register(Tags.urls)
def check_authentication_order(**_: Any) -> list[CheckMessage]:
    """Check that no DRF view lists another authentication before ours. It could hide a bad token."""
    from oauthcore.api.drf.authentication import BearerAuthentication

    hint = (
        "Put BearerAuthentication first in authentication_classes. Otherwise a session cookie takes the "
        "place of a token that is expired or revoked."
    )
    found = (
        routed.name
        for routed in _with_tokens(get_resolver().url_patterns)
        if not issubclass(routed.authentication_classes[0], BearerAuthentication)
    )
    return [
        Error(
            f"{name} has another authentication class before BearerAuthentication.",
            hint=hint,
            id="oauthcore.E014",
        )
        for name in dict.fromkeys(found)
    ]


@register(Tags.urls)
def check_alternatives(**_: Any) -> list[CheckMessage]:
    """Check that no view joins scopes with ``|`` to a permission that allows every person."""
    from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly

    from oauthcore.api.drf.permissions import requirements_in

    hint = (
        'Write requires("…", sessions=True): people who are logged in get in without a token, and tokens '
        "need the scope."
    )
    found = (
        (routed.name, type(other).__name__)
        for routed in _with_tokens(get_resolver().url_patterns)
        for permission in routed.permissions
        for one, other in _alternatives(permission)
        if requirements_in(one) and isinstance(other, (IsAuthenticated, IsAuthenticatedOrReadOnly))
    )
    return [
        Caution(
            f"{name} accepts tokens without its scopes: {other} takes them.", hint=hint, id="oauthcore.W004"
        )
        for name, other in dict.fromkeys(found)
    ]


@register(Tags.urls)
def check_sessions(**_: Any) -> list[CheckMessage]:
    """Check that views with ``sessions=True`` use an authentication that reads sessions."""
    from rest_framework.authentication import SessionAuthentication

    from oauthcore.api.drf.permissions import requirements_in

    hint = "Add SessionAuthentication to authentication_classes, behind BearerAuthentication."
    found = (
        routed.name
        for routed in _with_tokens(get_resolver().url_patterns)
        if any(one.sessions for permission in routed.permissions for one in requirements_in(permission))
        and not any(issubclass(one, SessionAuthentication) for one in routed.authentication_classes)
    )
    return [
        Caution(f"{name} takes sessions and reads none.", hint=hint, id="oauthcore.W005")
        for name in dict.fromkeys(found)
    ]


def _alternatives(permission: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the two sides of each ``|`` in a permission, either way round."""
    from rest_framework.permissions import AND, OR

    if isinstance(permission, AND | OR):
        one, other = (getattr(permission, name) for name in ("op1", "op2"))
        if isinstance(permission, OR):
            yield from ((one, other), (other, one))
        yield from (*_alternatives(one), *_alternatives(other))


def _drf_views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[_Routed]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _drf_views(pattern.url_patterns)
        elif hasattr(pattern.callback, "cls"):
            yield _Routed(pattern.callback.cls, getattr(pattern.callback, "initkwargs", {}))


def _with_tokens(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[_Routed]:
    from oauthcore.api.drf.authentication import BearerAuthentication

    for routed in _drf_views(patterns):
        if any(issubclass(one, BearerAuthentication) for one in routed.authentication_classes):
            yield routed


def _says_what(routed: _Routed) -> bool:
    from rest_framework.views import APIView

    from oauthcore.api.drf.permissions import is_declared

    # Permissions that are chosen at run time are checked at run time.
    if routed.view.get_permissions is not APIView.get_permissions:
        return True
    return is_declared(routed.view, routed.permissions)


@register(Tags.urls)
def check_required_scopes(**_: Any) -> list[CheckMessage]:
    """Check that views require only scopes of the site. Others can never be granted."""
    if check_settings():
        return []  # which scopes there are can be told when the settings are mended
    known = conf.settings().vocabulary
    hint = "Correct the spelling, or add it to SCOPES."
    return [
        Error(f"{view} requires {scope!r}, which is not in SCOPES.", hint=hint, id="oauthcore.E016")
        for view, required, *_ in _required(get_resolver().url_patterns)
        for scope in sorted(required)
        if scope not in known
    ]


@register(Tags.urls)
def check_named_resources(**_: Any) -> list[CheckMessage]:
    """Check that views name only resources of the site. No token can be for another one."""
    if check_settings():
        return []
    resources = conf.settings().resources
    hint = "Name an address of RESOURCES, or the issuer."
    return [
        Error(f"{view} names a resource that is not in RESOURCES.", hint=hint, id="oauthcore.E041")
        for view, _, named, _ in _required(get_resolver().url_patterns)
        if any(resources.find(one) is None for one in named)
    ]


@register(Tags.urls)
def check_logins_wanted(**_: Any) -> list[CheckMessage]:
    """Check that a login can meet ``max_age`` and ``acr`` of each view (RFC 9470)."""
    if check_settings():
        return []
    wanted = [one for one in _required(get_resolver().url_patterns) if one[3]]
    off = 'Set OAUTHCORE["STEP_UP"] to True.'
    unknown = f"acr is one of {', '.join(STRENGTHS)}; max_age is a number of seconds, 0 or more."
    if not conf.settings().STEP_UP:
        return [
            Error(f"{view} wants a login that no token records.", hint=off, id="oauthcore.E042")
            for view, *_ in wanted
        ]
    return [
        Error(f"{view} wants a login that nobody can have.", hint=unknown, id="oauthcore.E042")
        for view, *_, logins in wanted
        if any(not set(one.acr_values) <= set(STRENGTHS) or (one.max_age or 0) < 0 for one in logins)
    ]


_Required = tuple[str, set[str], set[str], set[LoginWanted]]


def _required(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[_Required]:
    """Yield the name of each view, and the scopes, resources and logins that it names."""
    from oauthcore.api.drf.permissions import requirements_in

    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _required(pattern.url_patterns)
            continue
        view: Any = getattr(pattern.callback, "cls", pattern.callback)
        permissions = _Routed(view, getattr(pattern.callback, "initkwargs", {})).permissions
        requirements = [each for one in permissions for each in requirements_in(one)]
        scopes = {scope for one in requirements for scope in one.scopes}
        named = {one.resource for one in requirements} | {getattr(view, "oauthcore_resource", None)}
        name = getattr(view, "__qualname__", type(view).__name__)
        scopes |= set(getattr(view, "oauthcore_scopes", ()))
        logins = {one.login for one in requirements} | {getattr(view, "oauthcore_login", None)}
        yield (
            f"{view.__module__}.{name}",
            scopes,
            {one for one in named if one is not None},
            {one for one in logins if one is not None},
        )
