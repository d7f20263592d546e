"""What is said of each JSON endpoint of oauthcore, by the view that answers there.

The lists of parameters, the grant types, scopes, codes and statuses come from the code that uses them. What
only a description has (the members of answers, a sentence for each parameter) is written here; the tests of
the API compare every answer that they get with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from oauthcore.api.dialects import deviantart as deviantart_views
from oauthcore.api.dialects.mastodon import accounts, apps, instance
from oauthcore.api.oauth import endpoints, keys
from oauthcore.api.oauth import metadata as metadata_views
from oauthcore.api.oauth import registration as registration_views
from oauthcore.api.oidc.userinfo import userinfo
from oauthcore.api.openapi.described import (
    deviantart,
    health,
    mastodon,
    metadata,
    oauth,
    registration,
    second_factor,
    sign_in,
    tokens,
)
from oauthcore.api.openapi.operations import Described
from oauthcore.api.openapi.schemas import Schema
from oauthcore.api.openapi.schemes import bearer_schemes, client_schemes
from oauthcore.api.second_factor import totp
from oauthcore.api.sign_in import devices
from oauthcore.api.sign_in import sign_in as sign_in_views
from oauthcore.api.tokens.me import Me
from oauthcore.api.upkeep import health as health_views
from oauthcore.api.upkeep.metrics import metrics

ENDPOINTS: dict[Any, Described] = {
    endpoints.token: {"POST": oauth.token},
    endpoints.revoke: {"POST": oauth.revoke},
    endpoints.introspect: {"POST": oauth.introspect},
    endpoints.begin_device_authorization: {"POST": oauth.device_authorization},
    endpoints.push_authorization_request: {"POST": oauth.pushed_request},
    keys.jwks: {"GET": metadata.jwks},
    metadata_views.authorization_server_metadata: {"GET": metadata.server},
    metadata_views.openid_configuration: {"GET": metadata.openid},
    metadata_views.protected_resource_metadata: {"GET": metadata.resource},
    registration_views.register: {"POST": registration.register},
    registration_views.registration: {
        "GET": registration.show,
        "PUT": registration.change,
        "DELETE": registration.delete,
    },
    userinfo: {"GET": tokens.userinfo, "POST": tokens.userinfo_by_form},
    Me: {"GET": tokens.me},
    sign_in_views.sign_in: {"POST": sign_in.sign_in},
    sign_in_views.mfa: {"POST": sign_in.mfa},
    sign_in_views.token: {"POST": sign_in.token},
    sign_in_views.sign_out: {"POST": sign_in.sign_out},
    devices.devices: {"GET": sign_in.devices, "DELETE": sign_in.end_other_devices},
    devices.device: {"DELETE": sign_in.end_device},
    totp.totp: {"POST": second_factor.begin_totp, "DELETE": second_factor.end_totp},
    totp.confirm_totp: {"POST": second_factor.confirm_totp},
    totp.recovery_codes: {"POST": second_factor.recovery_codes},
    deviantart_views.token: {"GET": deviantart.token_by_get, "POST": deviantart.token},
    deviantart_views.revoke: {"POST": deviantart.revoke},
    deviantart_views.placebo: {"GET": deviantart.placebo, "POST": deviantart.placebo_by_form},
    health_views.healthz: {"GET": health.alive},
    health_views.readyz: {"GET": health.ready},
    metrics: {"GET": health.metrics},
    apps.apps: {"POST": mastodon.register},
    apps.verify_credentials: {"GET": mastodon.application},
    accounts.verify_credentials: {"GET": mastodon.account},
    instance.instance_v1: {"GET": mastodon.instance_v1},
    instance.instance_v2: {"GET": mastodon.instance_v2},
}

#: The schemas of parameters, which are taken as a form and as JSON.
FORMS_OF_PARAMETERS: dict[str, Callable[[], Schema]] = {
    "OAuthTokenRequest": oauth.token_body,
    "OAuthTokenQuestion": oauth.about_a_token,
    "OAuthDeviceRequest": oauth.device_request,
    "OAuthPushedRequest": oauth.authorization_request,
    "DeviantArtTokenRequest": deviantart.token_request,
    "DeviantArtRevocation": deviantart.revocation,
    "MastodonApplication": mastodon.registration,
}

#: The schemas that several operations use, each made when a description is.
COMPONENTS: dict[str, Callable[[], Schema]] = {
    "OAuthTokens": oauth.tokens_schema,
    **FORMS_OF_PARAMETERS,
    "OAuthClient": registration.client_schema,
    "OAuthClientMetadata": registration.metadata_schema,
    "OAuthServer": metadata.server_schema,
    "SignedIn": sign_in.signed_in_schema,
    "SignInAccount": sign_in.account_schema,
    "SignInDevice": sign_in.device_schema,
}


def security_schemes() -> dict[str, Any]:
    """Return the security schemes that the operations name."""
    return bearer_schemes() | client_schemes()
