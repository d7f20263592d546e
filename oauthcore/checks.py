"""System checks: what is wrong with the configuration, at start-up, with a hint. ``docs/checks.md`` lists
them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import router
from django.urls import URLPattern, URLResolver, get_resolver

from oauthcore import conf
from oauthcore.rules import scopes
from oauthcore.rules.networks import parse_network
from oauthcore.rules.secrets import SecretKind

_MIDDLEWARE = "oauthcore.middleware.RequestIdMiddleware"
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_LONGEST_CODE_LIFETIME = 600


@register()
def check_settings(**_: Any) -> list[CheckMessage]:
    """Check every value of ``OAUTHCORE``."""
    if unknown := conf.unknown_keys():
        hint = f"Remove {', '.join(unknown)}, or correct the spelling; docs/settings.md lists all keys."
        return [Error("OAUTHCORE has keys that mean nothing.", hint=hint, id="oauthcore.E001")]
    settings = conf.settings()
    return [
        *_check_issuer(settings.ISSUER),
        *_check_scopes(settings),
        *_check_backend(settings),
        *_check_networks(settings.TRUSTED_PROXIES),
        *_check_secrets(settings),
        *_check_lifetimes(settings),
        *_check_limiter(settings),
    ]


def _check_issuer(issuer: str) -> Iterator[CheckMessage]:
    parts = urlsplit(issuer)
    is_loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not (parts.scheme == "https" or is_loopback) or not parts.netloc or parts.query or parts.fragment:
        hint = (
            'Set OAUTHCORE["ISSUER"] to the https address of this site, for instance "https://example.org".'
        )
        yield Error("ISSUER is no https URL without query and fragment.", hint=hint, id="oauthcore.E002")
    elif issuer.endswith("/"):
        yield Error(
            "ISSUER ends with a slash.", hint="Remove it: clients compare it as text.", id="oauthcore.E002"
        )


def _check_scopes(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        words = settings.vocabulary.words
    except TypeError as error:
        hint = f"Use description, group, sensitive, account and includes: {error}."
        yield Error("A scope in SCOPES has a member that means nothing.", hint=hint, id="oauthcore.E003")
        return
    for name in words:
        if not scopes.is_name(name):
            hint = 'Use printable ASCII without space, quote, backslash and "+" (RFC 6749 section 3.3).'
            yield Error(f"{name!r} cannot be the name of a scope.", hint=hint, id="oauthcore.E003")
    named = {*settings.DEFAULT_SCOPES, *(one for word in words.values() for one in word.includes)}
    for name in sorted(named - set(words)):
        hint = "Add it to SCOPES, or take it out of DEFAULT_SCOPES and of every includes."
        yield Error(f"The scope {name!r} is named but not in SCOPES.", hint=hint, id="oauthcore.E003")


def _check_backend(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        backend = settings.account_backend
    except (ImportError, TypeError) as error:
        hint = f"Name a class that can be made without arguments: {error}."
        yield Error("ACCOUNT_BACKEND cannot be loaded.", hint=hint, id="oauthcore.E004")
        return
    for method in ("accounts_of", "find", "is_live_user"):
        if not callable(getattr(backend, method, None)):
            hint = "See oauthcore.accounts.AccountBackend."
            yield Error(f"ACCOUNT_BACKEND has no method {method}.", hint=hint, id="oauthcore.E004")


def _check_networks(texts: Iterable[str]) -> Iterator[CheckMessage]:
    for text in texts:
        try:
            parse_network(text)
        except ValueError as error:
            yield Error(f"{text!r} in TRUSTED_PROXIES is no network.", hint=str(error), id="oauthcore.E005")


def _check_secrets(settings: conf.Settings) -> Iterator[CheckMessage]:
    words = {kind.value for kind in SecretKind}
    for name, value in (
        ("TOKEN_PREFIX", settings.TOKEN_PREFIX),
        ("TOKEN_ENVIRONMENT", settings.TOKEN_ENVIRONMENT),
    ):
        if not value.isascii() or not value.replace("_", "").isalnum():
            yield Error(
                f"{name} is not usable.", hint="Use ASCII letters, digits and _.", id="oauthcore.E006"
            )
    if settings.TOKEN_ENVIRONMENT in words:
        hint = f"Choose a word other than {', '.join(sorted(words))}."
        yield Error(
            "TOKEN_ENVIRONMENT is the word of another kind of secret.", hint=hint, id="oauthcore.E006"
        )


def _check_lifetimes(settings: conf.Settings) -> Iterator[CheckMessage]:
    if not 0 < settings.AUTHORIZATION_CODE_LIFETIME <= _LONGEST_CODE_LIFETIME:
        hint = f"Choose 1 to {_LONGEST_CODE_LIFETIME} seconds (RFC 6749 section 4.1.2); 60 is plenty."
        yield Error("AUTHORIZATION_CODE_LIFETIME is out of bounds.", hint=hint, id="oauthcore.E007")
    for name in ("ACCESS_TOKEN_LIFETIME", "REFRESH_TOKEN_LIFETIME", "CONSENT_LIFETIME", "USAGE_INTERVAL"):
        value = getattr(settings, name)
        if value is not None and value <= 0:
            yield Error(
                f"{name} is not positive.", hint="Give whole seconds, 1 or more.", id="oauthcore.E007"
            )


def _check_limiter(settings: conf.Settings) -> Iterator[CheckMessage]:
    if settings.LIMITER_URL and find_spec("redis") is None:
        hint = 'Install oauthcore with its "redis" extra, or leave LIMITER_URL empty to count in SQL.'
        yield Error("LIMITER_URL needs the redis package.", hint=hint, id="oauthcore.E008")


@register()
def check_middleware(**_: Any) -> list[CheckMessage]:
    """Check that the middleware is there, and first."""
    middleware = list(django_settings.MIDDLEWARE)
    if middleware[:1] == [_MIDDLEWARE]:
        return []
    hint = f'Put "{_MIDDLEWARE}" first in MIDDLEWARE: what comes before it is not answered in JSON.'
    return [Error("oauthcore's middleware is not the first one.", hint=hint, id="oauthcore.E009")]


@register()
def check_databases(**_: Any) -> list[CheckMessage]:
    """Check that grants, tokens and users live in one database: they are read and locked together."""
    from oauthcore.models import Application, Consent, Grant, Token

    homes = {router.db_for_write(model) for model in (Application, Consent, Grant, Token, get_user_model())}
    if len(homes) == 1:
        return []
    hint = "Let the database routers keep oauthcore beside the user model."
    return [
        Error("oauthcore and the user model live in different databases.", hint=hint, id="oauthcore.E010")
    ]


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
    # A view that chooses its permissions at run time is left to the check at run time.
    from rest_framework.views import APIView

    if view.get_permissions is not APIView.get_permissions:
        return True
    return any(_is_requirement(permission) for permission in view.permission_classes)


def _is_requirement(permission: Any) -> bool:
    from rest_framework.permissions import AND, OperandHolder

    from oauthcore.api.permissions import RequiresScopes

    if isinstance(permission, OperandHolder):
        # Of combinations only "&" requires what it holds: "|" would let in whoever the other side lets in.
        operator: Any = permission.operator_class
        operands = permission.op1_class, permission.op2_class
        return operator is AND and any(map(_is_requirement, operands))
    return isinstance(permission, type) and issubclass(permission, RequiresScopes)


@register(deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """Check what matters once real people use the site (``manage.py check --deploy``)."""
    found: list[CheckMessage] = []
    if not conf.issuer().startswith("https://"):
        hint = "Serve the site over https and set ISSUER to that address."
        found.append(Error("ISSUER is not https.", hint=hint, id="oauthcore.E012"))
    if not django_settings.SESSION_COOKIE_SECURE:
        hint = "Set SESSION_COOKIE_SECURE = True: the session is what consent hangs on."
        found.append(Error("The session cookie travels in the clear.", hint=hint, id="oauthcore.E013"))
    if any(one["ENGINE"].endswith("sqlite3") for one in django_settings.DATABASES.values()):
        hint = "Use PostgreSQL: SQLite lets one process write at a time."
        found.append(Caution("The database is SQLite.", hint=hint, id="oauthcore.W001"))
    return found
