"""Profiles: the rule sets of applications, and what each allows (RFC 6749, OAuth 2.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from oauthcore.rules.text.sentences import Sentence

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from oauthcore.models.applications import Application


class Profile(models.TextChoices):
    """The rule set of an application."""

    OAUTH_2_1 = "oauth2.1", "OAuth 2.1"
    OAUTH_2_0 = "oauth2.0", _("OAuth 2.0 (legacy)")


class GrantType(models.TextChoices):
    """The grant types of RFC 6749 itself (§1.3). Extension grant types have a URI as name (§4.5)."""

    AUTHORIZATION_CODE = "authorization_code", _("Authorization code")
    REFRESH_TOKEN = "refresh_token", _("Refresh token")
    CLIENT_CREDENTIALS = "client_credentials", _("Client credentials")
    IMPLICIT = "implicit", _("Implicit (legacy)")


#: Extension grant types that name a person, and send nothing to a redirect URI (RFC 8628, RFC 7523).
DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
JWT_BEARER_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
WITHOUT_REDIRECT = (DEVICE_CODE_GRANT, JWT_BEARER_GRANT)

#: The grant types that a legacy application may have.
OF_RFC_6749 = frozenset(GrantType.values)


class KnownGrantType(Protocol):
    """The part of a grant type of the token endpoint that models use."""

    @property
    def name(self) -> str: ...

    @property
    def label(self) -> StrOrPromise: ...

    @property
    def needs_secret(self) -> bool: ...

    @property
    def is_on(self) -> bool: ...


def known_grant_types() -> tuple[KnownGrantType, ...]:
    """Return the grant types of the token endpoint.

    Grant types are flows, and models do not import flows. So the app config has the list.
    """
    app: Any = apps.get_app_config("oauthcore")
    known: tuple[KnownGrantType, ...] = app.grant_types
    return known


def problem_with_grant_types(application: Application) -> Sentence | None:
    """Return why an application may not have the grant types that it names, or None."""
    has, known = frozenset(application.grant_types), {one.name: one for one in known_grant_types()}
    if not has <= {*known, GrantType.IMPLICIT}:
        on = [name for name, one in known.items() if one.is_on]
        return Sentence("The grant types are %(names)s.", names=", ".join([*on, GrantType.IMPLICIT]))
    not_in_profile = [name for name in has if not application.allows(name)]
    if GrantType.IMPLICIT in not_in_profile:
        return Sentence("OAuth 2.1 has no implicit grant: use authorization codes with PKCE.")
    if not_in_profile:
        return Sentence("A legacy application has the grant types of OAuth 2.0 only.")
    secret = [one for name, one in known.items() if one.needs_secret and name in has]
    if secret and not application.is_confidential:
        return Sentence(
            "A public application cannot have the grant type “%(grant_type)s”, because it has no secret.",
            grant_type=secret[0].name,
        )
    return None


class AccessTokenFormat(models.TextChoices):
    """How access tokens look."""

    OPAQUE = "opaque", _("Opaque: APIs ask this site about each one")
    JWT = "jwt", _("JWT: APIs elsewhere accept one without asking, until it expires")


class LegacySwitch(models.TextChoices):
    """Legacy behaviour that OAuth 2.1 does not allow, switched on for one legacy application.

    Two need no switch: the implicit grant is a grant type, and an out-of-band redirect URI is registered.
    """

    OPTIONAL_PKCE = "optional_pkce", _("PKCE is optional, and may be plain")
    PATH_PREFIX = "path_prefix", _("Redirect URIs match by the beginning of their path")
    QUERY_TOKEN = "query_token", _("Access tokens may be sent in the address")
    GET_CREDENTIALS = "get_credentials", _("Client credentials may be asked for by GET")
