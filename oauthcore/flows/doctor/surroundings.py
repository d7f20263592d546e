"""Questions about settings that no system check asks: Django's own, as oauthcore depends on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings as django_settings
from django.core.checks.security.base import SECRET_KEY_INSECURE_PREFIX
from django.core.files.storage import FileSystemStorage, default_storage
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore import conf
from oauthcore.flows.doctor.findings import Circumstances, Finding, Kind, Level

_PER_PROCESS = ("locmem.LocMemCache", "dummy.DummyCache")
_LONGEST_ACCESS_TOKEN = 24 * 60 * 60

DEBUG_IS_ON = Kind(
    "oauthcore.D010",
    Level.ERROR,
    "DEBUG is on.",
    "Django's error pages show settings, code and variables to everybody, and memory grows with each query.",
    "Set DEBUG = False.",
    "docs/deployment.md#https",
)
SECRET_KEY_IS_INSECURE = Kind(
    "oauthcore.D011",
    Level.ERROR,
    "SECRET_KEY is the one that startproject writes, or is short.",
    "It signs sessions and consent pages, and encrypts seeds and keys if SECOND_FACTOR_KEYS is empty.",
    "Make one with django.core.management.utils.get_random_secret_key(), and keep it out of the repository.",
    "docs/deployment.md#changing-keys",
)
COOKIES_ARE_OPEN = Kind(
    "oauthcore.D012",
    Level.WARNING,
    "{names}: cookies of logged-in people are less protected than they can be.",
    "A cookie that is sent over http, to scripts or from other sites can be stolen or misused for a consent.",
    "Set CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = SESSION_COOKIE_HTTPONLY = True, and leave "
    'SESSION_COOKIE_SAMESITE at "Lax".',
    "docs/deployment.md#https",
)
NO_PROXY_HEADER = Kind(
    "oauthcore.D013",
    Level.WARNING,
    "TRUSTED_PROXIES names proxies, and SECURE_PROXY_SSL_HEADER is not set.",
    "Django cannot tell that people use https, so logging in and consenting can end at a CSRF error.",
    "Have the proxy overwrite X-Forwarded-Proto, and set SECURE_PROXY_SSL_HEADER. If the proxy speaks https "
    "to the site, this needs no change.",
    "docs/deployment.md#behind-a-proxy",
)
CACHE_PER_PROCESS = Kind(
    "oauthcore.D014",
    Level.ERROR,
    "{what} in a cache that each process has for itself.",
    "With several processes people appear logged out at random, and a throttle counts by process.",
    "Use a cache that the processes share, such as Redis or Valkey, or keep sessions in the database.",
    "docs/deployment.md#more-than-one-machine",
)
SESSIONS_IN_COOKIES = Kind(
    "oauthcore.D015",
    Level.WARNING,
    "Sessions are kept in signed cookies.",
    "Logging out does not end such a session: a stolen cookie works until it expires.",
    'Set SESSION_ENGINE = "django.contrib.sessions.backends.db".',
    "docs/deployment.md#https",
)
MEDIA_IS_NOT_WRITABLE = Kind(
    "oauthcore.D016",
    Level.ERROR,
    "The folder of MEDIA_ROOT cannot be written to, or cannot be made.",
    "Uploads fail with a server error.",
    "Make the folder, give it to the user that runs the site, or correct MEDIA_ROOT.",
    "docs/deployment.md#servers",
)
JSON_PATHS_LEAD_NOWHERE = Kind(
    "oauthcore.D017",
    Level.WARNING,
    "JSON_PATHS has paths below which the site has no page: {paths}.",
    "They have no effect. Where the API is really mounted, errors are HTML.",
    "Write the paths as the URLconf has them, without the prefix of the server.",
    "docs/settings.md#oauthcore",
)
TOKENS_LIVE_LONG = Kind(
    "oauthcore.D018",
    Level.WARNING,
    "ACCESS_TOKEN_LIFETIME is {lifetime}.",
    "A stolen access token works until it expires.",
    "Choose at most a day; an hour is usual. Applications use refresh tokens for more.",
    "docs/tokens.md#how-long-they-live",
)


def ask_in_production(_: Circumstances) -> Iterator[Finding]:
    """Yield what matters once others can reach the site."""
    if django_settings.DEBUG:
        yield DEBUG_IS_ON.found()
    key = str(django_settings.SECRET_KEY)
    if key.startswith(SECRET_KEY_INSECURE_PREFIX) or len(key) < 32:
        yield SECRET_KEY_IS_INSECURE.found()
    if names := _open_cookies():
        yield COOKIES_ARE_OPEN.found(names=", ".join(names))
    is_https = conf.issuer().startswith("https://")
    if is_https and conf.settings().TRUSTED_PROXIES and not django_settings.SECURE_PROXY_SSL_HEADER:
        yield NO_PROXY_HEADER.found()
    if kept := _kept_per_process():
        yield CACHE_PER_PROCESS.found(what=kept)


def ask(_: Circumstances) -> Iterator[Finding]:
    """Yield what is wrong on a developer's machine too."""
    if django_settings.SESSION_ENGINE.endswith("signed_cookies"):
        yield SESSIONS_IN_COOKIES.found()
    if not _can_write_media():
        yield MEDIA_IS_NOT_WRITABLE.found()
    routes = list(_routes(get_resolver().url_patterns))
    if nowhere := [one for one in conf.settings().JSON_PATHS if one[:1] == "/" and not _leads(one, routes)]:
        yield JSON_PATHS_LEAD_NOWHERE.found(paths=", ".join(nowhere))
    lifetime = conf.settings().ACCESS_TOKEN_LIFETIME
    if lifetime is None or lifetime > _LONGEST_ACCESS_TOKEN:
        yield TOKENS_LIVE_LONG.found(lifetime="None" if lifetime is None else f"{lifetime} seconds")


def _open_cookies() -> list[str]:
    # SESSION_COOKIE_SECURE and "Strict" have checks of their own.
    return [
        *(["CSRF_COOKIE_SECURE"] if not django_settings.CSRF_COOKIE_SECURE else []),
        *(["SESSION_COOKIE_HTTPONLY"] if not django_settings.SESSION_COOKIE_HTTPONLY else []),
        *(["SESSION_COOKIE_SAMESITE"] if str(django_settings.SESSION_COOKIE_SAMESITE) == "None" else []),
    ]


def _kept_per_process() -> str:
    alias = django_settings.SESSION_CACHE_ALIAS
    if django_settings.SESSION_ENGINE.endswith((".cache", ".cached_db")) and _is_per_process(alias):
        return "Sessions are"
    rest = getattr(django_settings, "REST_FRAMEWORK", {})
    if rest.get("DEFAULT_THROTTLE_CLASSES") and _is_per_process("default"):
        return "The throttles of Django REST framework count"
    return ""


def _is_per_process(alias: str) -> bool:
    return str(django_settings.CACHES.get(alias, {}).get("BACKEND", "")).endswith(_PER_PROCESS)


def _can_write_media() -> bool:
    """Return whether the folder of uploads is writable. A site without uploads sets no MEDIA_ROOT."""
    if not django_settings.MEDIA_ROOT or not isinstance(default_storage, FileSystemStorage):
        return True
    folder = Path(default_storage.location)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent  # Django makes what is missing
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _routes(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern).lstrip("^").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def _leads(path: str, routes: list[str]) -> bool:
    """Return whether a page of the site is at a path, or below it."""
    for route in routes:
        lead = route.partition("<")[0].partition("(")[0]
        has_parameter = lead != route
        if route.startswith(path) or (has_parameter and len(lead) > 1 and path.startswith(lead)):
            return True
    return False
