"""Checks of signing in: the second factor and its keys, device sessions, and where tries are counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.views import LoginView
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import import_string

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.models.database import primary
from oauthcore.second_factor import NoSecondFactor

_SHORTEST_KEY = 32
_LONGEST_CHALLENGE = 3600


@register()
def check_signing_in(**_: Any) -> list[CheckMessage]:
    """Check settings of signing in that have the right type, but cannot work."""
    if check_settings():
        return []  # these are to be mended first
    settings = conf.settings()
    return [*_check_factor(settings), *_check_keys(settings), *_check_device_sessions(settings)]


def _check_factor(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        factor = settings.second_factor
    # Importing models of an app that is not installed raises RuntimeError.
    except (ImportError, TypeError, RuntimeError, ImproperlyConfigured) as error:
        hint = f"Name a class that can be made without arguments: {error}."
        yield Error("SECOND_FACTOR cannot be loaded.", hint=hint, id="oauthcore.E021")
        return
    for method in ("methods_of", "use"):
        if not callable(getattr(factor, method, None)):
            hint = "See oauthcore.second_factor.SecondFactor."
            yield Error(f"SECOND_FACTOR has no method {method}.", hint=hint, id="oauthcore.E021")


def _check_keys(settings: conf.Settings) -> Iterator[CheckMessage]:
    if any(len(key) < _SHORTEST_KEY for key in settings.SECOND_FACTOR_KEYS):
        hint = (
            f"Give each at least {_SHORTEST_KEY} random characters, as secrets.token_urlsafe(32) makes them."
        )
        yield Error("A key in SECOND_FACTOR_KEYS is too short.", hint=hint, id="oauthcore.E022")


def _check_device_sessions(settings: conf.Settings) -> Iterator[CheckMessage]:
    order = ("DEVICE_ACCESS_TOKEN_LIFETIME", "DEVICE_SESSION_IDLE_LIFETIME", "DEVICE_SESSION_LIFETIME")
    for shorter, longer in pairwise(order):
        if getattr(settings, shorter) > getattr(settings, longer):
            hint = f"Choose at most what {longer} is."
            yield Error(f"{shorter} is longer than {longer}.", hint=hint, id="oauthcore.E007")
    if settings.MFA_TOKEN_LIFETIME > _LONGEST_CHALLENGE:
        hint = f"Choose 1 to {_LONGEST_CHALLENGE} seconds; 300 is enough to find the phone."
        yield Error("MFA_TOKEN_LIFETIME is out of bounds.", hint=hint, id="oauthcore.E007")
    if settings.DEVICES_PER_USER < 1:
        hint = "Give 1 or more."
        yield Error(
            "DEVICES_PER_USER allows no device, so people cannot sign in.", hint=hint, id="oauthcore.E023"
        )


@register(Tags.urls)
def check_other_logins(**_: Any) -> list[CheckMessage]:
    """Check that every login form asks for the second factor."""
    if check_settings() or check_signing_in() or isinstance(conf.settings().second_factor, NoSecondFactor):
        return []
    from oauthcore.middleware import SecondFactorMiddleware

    ours, django = position(SecondFactorMiddleware), position(AuthenticationMiddleware)
    if ours is not None and (django is None or ours < django):
        hint = "Put it after Django's AuthenticationMiddleware, which knows who is logged in."
        return [
            Error("SecondFactorMiddleware does not know who is logged in.", hint=hint, id="oauthcore.E024")
        ]
    if ours is None and (others := sorted(set(_other_logins(get_resolver().url_patterns)))):
        hint = (
            'Put "oauthcore.middleware.SecondFactorMiddleware" behind Django\'s '
            "AuthenticationMiddleware, or let people in at oauthcore.pages.login.LoginView alone."
        )
        return [
            Caution(
                f"{', '.join(others)}: a login there does not ask for the second factor.",
                hint=hint,
                id="oauthcore.W003",
            )
        ]
    return []


def position(middleware: type) -> int | None:
    """Return the position of a middleware, or of a subclass of it, in MIDDLEWARE, or None."""
    for position, path in enumerate(django_settings.MIDDLEWARE):
        try:
            found = import_string(path)
        except ImportError:
            continue  # the server will say so, and better
        if isinstance(found, type) and issubclass(found, middleware):
            return position
    return None


def _other_logins(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    """Yield the name of each login view that is not ours."""
    from oauthcore.pages.login.login import LoginView as OurLoginView

    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _other_logins(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "view_class", None)
        if isinstance(view, type) and issubclass(view, LoginView) and not issubclass(view, OurLoginView):
            yield f"{view.__module__}.{view.__qualname__}"
        elif _is_of_admin(pattern.callback):
            yield "the admin"


def _is_of_admin(view: Any) -> bool:
    if not apps.is_installed("django.contrib.admin"):
        return False
    from django.contrib.admin.sites import AdminSite

    site = getattr(view, "__self__", None)
    return isinstance(site, AdminSite) and getattr(view, "__name__", "") == "login"


@register(deploy=True)
def check_safekeeping(**_: Any) -> list[CheckMessage]:
    """Check what limits and seeds depend on in production."""
    if check_settings() or check_signing_in():
        return []
    from oauthcore.flows.second_factor.totp_settings import is_ours

    found: list[CheckMessage] = []
    if _is_in_memory(django_settings.DATABASES[primary()]):
        hint = "Use PostgreSQL. Otherwise each process counts by itself, and a restart forgets all counts."
        text = "Limits are counted in the memory of one process."
        found.append(Error(text, hint=hint, id="oauthcore.E025"))
    settings = conf.settings()
    keeps_keys = settings.signs_tokens and not settings.SIGNING_KEYS
    if (is_ours() or keeps_keys) and not settings.SECOND_FACTOR_KEYS:
        what = "seeds of second factors" if is_ours() else "signing keys"
        hint = (
            "Set SECOND_FACTOR_KEYS. Otherwise a leaked SECRET_KEY reveals them, and a SECRET_KEY that is "
            "changed without a fallback loses them."
        )
        text = f"The {what} are encrypted with SECRET_KEY alone."
        found.append(Caution(text, hint=hint, id="oauthcore.W002"))
    return found


def _is_in_memory(database: dict[str, Any]) -> bool:
    name = str(database.get("NAME", ""))
    return database["ENGINE"].endswith("sqlite3") and (name == ":memory:" or "mode=memory" in name)
