"""Profiles: the rule sets an application can live under, and what each lets it do (RFC 6749, OAuth 2.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Profile(models.TextChoices):
    """The rule set an application lives under."""

    OAUTH_2_1 = "oauth2.1", "OAuth 2.1"
    OAUTH_2_0 = "oauth2.0", _("OAuth 2.0 (legacy)")


class GrantType(models.TextChoices):
    """The ways an application may get tokens (RFC 6749 §1.3)."""

    AUTHORIZATION_CODE = "authorization_code", _("Authorization code")
    REFRESH_TOKEN = "refresh_token", _("Refresh token")
    CLIENT_CREDENTIALS = "client_credentials", _("Client credentials")
    IMPLICIT = "implicit", _("Implicit (legacy)")


#: The grant types of OAuth 2.1: what metadata names, and what an application of today may be registered for.
GRANT_TYPES_OF_TODAY = (
    GrantType.AUTHORIZATION_CODE,
    GrantType.REFRESH_TOKEN,
    GrantType.CLIENT_CREDENTIALS,
)


class LegacySwitch(models.TextChoices):
    """What one legacy application may go on doing that OAuth 2.1 has given up.

    The implicit grant is a grant type; an out-of-band redirect URI is one because it is registered.
    """

    OPTIONAL_PKCE = "optional_pkce", _("PKCE is optional, and may be plain")
    PATH_PREFIX = "path_prefix", _("Redirect URIs match by the beginning of their path")
    QUERY_TOKEN = "query_token", _("Access tokens may be sent in the address")
    GET_CREDENTIALS = "get_credentials", _("Client credentials may be asked for by GET")
