"""Checks of the project around oauthcore: middleware, databases, login, and what matters in production."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import router
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from oauthcore import conf
from oauthcore.addresses import view_at
from oauthcore.asgi import RequestLimits

_MIDDLEWARE = "oauthcore.middleware.RequestIdMiddleware"


@register()
def check_middleware(**_: Any) -> list[CheckMessage]:
    """Check that the middleware is there, and first."""
    middleware = list(django_settings.MIDDLEWARE)
    if middleware[:1] == [_MIDDLEWARE]:
        return []
    hint = (
        f'Put "{_MIDDLEWARE}" first in MIDDLEWARE. Errors of middleware before it are not answered in JSON.'
    )
    return [Error("oauthcore's middleware is not the first one.", hint=hint, id="oauthcore.E009")]


@register()
def check_databases(**_: Any) -> list[CheckMessage]:
    """Check that grants, tokens and users live in one database: they are read and locked together."""
    from oauthcore.models import Application, Consent, Grant, Token

    homes = {router.db_for_write(model) for model in (Application, Consent, Grant, Token, get_user_model())}
    if len(homes) == 1:
        return []
    hint = "Change the database routers: oauthcore has to be in the database of the user model."
    return [Error("oauthcore and the user model are in different databases.", hint=hint, id="oauthcore.E010")]


@register()
def check_permission(**_: Any) -> list[CheckMessage]:
    """Check that the permission to register applications belongs to a model; others cannot be given.

    Models are asked, not the database, which may not be there yet.
    """
    permission = conf.settings().APPLICATIONS_PERMISSION
    if not isinstance(permission, str):
        return []  # None; what is of another type is found with the types
    label, dot, codename = permission.partition(".")
    if dot and codename in _permissions_of(label):
        return []
    hint = 'Write the app\'s label, a dot and the codename, as in "oauthcore.add_application".'
    return [
        Error(
            f"APPLICATIONS_PERMISSION is {permission!r}, which is not a permission of an installed app.",
            hint=hint,
            id="oauthcore.E020",
        )
    ]


def _permissions_of(label: str) -> set[str]:
    if label not in apps.app_configs:
        return set()
    options = [model._meta for model in apps.get_app_config(label).get_models()]
    own = {codename for one in options for codename, _name in one.permissions}
    return own | {f"{action}_{one.model_name}" for one in options for action in one.default_permissions}


@register(Tags.urls)
def check_routes(**_: Any) -> list[CheckMessage]:
    """Check that the routes are mounted, and that there is a page to log in on."""
    try:
        reverse("oauthcore:authorize")
    except NoReverseMatch:
        hint = 'Add path("", include("oauthcore.urls")) to the URLconf.'
        return [Error("The routes of oauthcore are not mounted.", hint=hint, id="oauthcore.E017")]
    page: Any = conf.settings().TEST_PAGE  # of a wrong type, maybe: that is found with the types
    if isinstance(page, str) and page and not _leads_to_a_page(page):
        hint = "Name a route or a path of this site, or leave it empty: then the link to it is not shown."
        return [Error("TEST_PAGE does not lead to a page.", hint=hint, id="oauthcore.E017")]
    if _leads_to_a_page(django_settings.LOGIN_URL):
        return []
    hint = (
        'Mount oauthcore.pages.login.LoginView and set LOGIN_URL = "login", or name a page of yours. '
        "On a site that is served below a path use the name of a route: Django puts the path before no text."
    )
    return [
        Error(
            "LOGIN_URL does not lead to a page, so people cannot log in to approve.",
            hint=hint,
            id="oauthcore.E017",
        )
    ]


def _leads_to_a_page(url: str) -> bool:
    """Return whether a view stands there, below the path that the site is served at; another host may do."""
    try:
        address = resolve_url(url)
    except NoReverseMatch:
        return False
    return not address.startswith("/") or view_at(address.partition("?")[0]) is not None


@register()
def check_asgi(**_: Any) -> list[CheckMessage]:
    """Check that the site's ASGI application keeps the limits of tokens while a body is read."""
    path = getattr(django_settings, "ASGI_APPLICATION", None)
    try:
        application = import_string(path) if path else None
    except ImportError:
        return []  # the server will say so, and better
    if application is None or isinstance(application, RequestLimits):
        return []
    hint = "Wrap it: application = oauthcore.asgi.RequestLimits(get_asgi_application())."
    text = "The ASGI application reads whole bodies before it checks the size limit of the token."
    return [Error(text, hint=hint, id="oauthcore.E019")]


@register(deploy=True)
def check_deployment(**_: Any) -> list[CheckMessage]:
    """Check what matters once real people use the site (``manage.py check --deploy``)."""
    found: list[CheckMessage] = []
    if not conf.issuer().startswith("https://"):
        hint = "Serve the site over https and set ISSUER to that address."
        found.append(Error("ISSUER is not https.", hint=hint, id="oauthcore.E012"))
    if not django_settings.SESSION_COOKIE_SECURE:
        hint = "Set SESSION_COOKIE_SECURE = True. A stolen session could approve applications."
        found.append(Error("The session cookie is sent without encryption.", hint=hint, id="oauthcore.E013"))
    if any(one["ENGINE"].endswith("sqlite3") for one in django_settings.DATABASES.values()):
        hint = "Use PostgreSQL: SQLite lets one process write at a time."
        found.append(Caution("The database is SQLite.", hint=hint, id="oauthcore.W001"))
    return found
