"""Checks for production: cookies, hosts, mail, the server, and the root of the host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.http.request import validate_host
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import get_script_prefix

from oauthcore import conf
from oauthcore.addresses import absolute_if_mounted, issuer_path, view_at
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.signing_in import position

_KEPT_HERE = [f"django.core.mail.backends.{kind}.EmailBackend" for kind in ("console", "dummy", "locmem")]


@register(deploy=True)
def check_surroundings(**_: Any) -> list[CheckMessage]:
    """Check the settings of Django and of the server that oauthcore's pages and mails depend on."""
    if check_settings():
        return []  # these are to be mended first
    return [*_check_cookies(), *_check_hosts(), *_check_mail(), *_check_server()]


def _check_cookies() -> Iterator[CheckMessage]:
    if str(django_settings.SESSION_COOKIE_SAMESITE).lower() == "strict":
        hint = 'Leave SESSION_COOKIE_SAMESITE at "Lax". A token in the form protects the consent page.'
        text = "People who come from an application to the authorize page appear logged out."
        yield Caution(text, hint=hint, id="oauthcore.W020")
    if position(CsrfViewMiddleware) is None:
        hint = 'Add "django.middleware.csrf.CsrfViewMiddleware" to MIDDLEWARE.'
        text = "Pages that log out or change a password accept forms of other sites."
        yield Caution(text, hint=hint, id="oauthcore.W022")


def _check_hosts() -> Iterator[CheckMessage]:
    host = urlsplit(conf.issuer()).hostname or ""
    name = f"[{host}]" if ":" in host else host
    if not validate_host(name, django_settings.ALLOWED_HOSTS):
        hint = f"Add {name!r} to ALLOWED_HOSTS, or correct ISSUER."
        yield Error("Django refuses every request to the issuer's host.", hint=hint, id="oauthcore.E030")


def _check_mail() -> Iterator[CheckMessage]:
    mailers = getattr(django_settings, "MAILERS", None)  # of Django 6.1
    kind = mailers.get("default", {}).get("BACKEND") if mailers else django_settings.EMAIL_BACKEND
    if kind in _KEPT_HERE:
        hint = "Name a backend that sends, and its host. The command send_notices sends these mails."
        text = "Mails about expiring tokens, new devices and second factors are not sent."
        yield Caution(text, hint=hint, id="oauthcore.W021")


def _check_server() -> Iterator[CheckMessage]:
    believed = os.environ.get("FORWARDED_ALLOW_IPS", "")
    if "*" in believed and getattr(django_settings, "ASGI_APPLICATION", None):
        hint = (
            "Start uvicorn with --no-proxy-headers and take FORWARDED_ALLOW_IPS out of the environment; "
            "TRUSTED_PROXIES lists the trusted proxies."
        )
        text = "The server believes X-Forwarded-For from any client."
        yield Caution(text, hint=hint, id="oauthcore.W024")


@register(Tags.urls, deploy=True)
def check_well_known(**_: Any) -> list[CheckMessage]:
    """Check that the well-known documents are at the root of the host.

    With FORCE_SCRIPT_NAME the root belongs to the proxy, so it cannot be checked.
    """
    if check_settings() or absolute_if_mounted("oauthcore:authorize") is None or get_script_prefix() != "/":
        return []
    documents = (".well-known/oauth-authorization-server", ".well-known/oauth-protected-resource")
    addresses = [f"/{one}{path}" for one in documents for path in {"", issuer_path()}]
    if conf.settings().OPENID_CONNECT:  # its clients append the path to the issuer
        addresses.append(f"{issuer_path()}/.well-known/openid-configuration")
    missing = sorted(one for one in addresses if view_at(one) is None)
    if not missing:
        return []
    hint = (
        'Add to the root URLconf: path("", include("oauthcore.urls.well_known")). Where a proxy answers at '
        "the root instead, have it pass these on, and silence this check."
    )
    text = f"Clients request {missing[0]}, and the site has no page there."
    return [Caution(text, hint=hint, id="oauthcore.W023")]
