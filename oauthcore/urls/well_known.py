"""The well-known documents: ``path("", include("oauthcore.urls.well_known"))`` at the root of the origin.

``oauthcore.urls`` has them too. A site needs this module only if it mounts ``oauthcore.urls`` below a prefix:
clients look for the documents at the root, followed by the issuer's path (RFC 8414 §3.1, RFC 9728 §3.1).
"""

from __future__ import annotations

from django.urls import path

import oauthcore.converters  # noqa: F401 - registers <oauthcore_issuer_path:…>
from oauthcore.api.oauth import metadata

app_name = "oauthcore_well_known"

_SERVER = ".well-known/oauth-authorization-server"
_OPENID = ".well-known/openid-configuration"
_RESOURCE = ".well-known/oauth-protected-resource"

urlpatterns = [
    path(_SERVER, metadata.authorization_server_metadata, name="authorization_server_metadata"),
    path(
        f"{_SERVER}/<path:below>",
        metadata.authorization_server_metadata,
        name="authorization_server_metadata_of_path",
    ),
    path(_OPENID, metadata.openid_configuration, name="openid_configuration"),
    path(f"{_OPENID}/<path:below>", metadata.openid_configuration, name="openid_configuration_behind"),
    # Where a client looks that knows the issuer and nothing else (OpenID Connect Discovery §4).
    path(
        f"<oauthcore_issuer_path:below>/{_OPENID}",
        metadata.openid_configuration,
        name="openid_configuration_of_path",
    ),
    path(_RESOURCE, metadata.protected_resource_metadata, name="protected_resource_metadata"),
    path(
        f"{_RESOURCE}/<path:below>",
        metadata.protected_resource_metadata,
        name="protected_resource_metadata_of_path",
    ),
]
