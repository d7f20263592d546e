"""The well-known documents: ``path("", include("oauthcore.urls.well_known"))`` at the root of the origin.

For a site that mounts ``oauthcore.urls``, which has them too, below a prefix: clients look for them at the
root, with the issuer's path behind (RFC 8414 §3.1, RFC 9728 §3.1).
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api.oauth import metadata

app_name = "oauthcore_well_known"

_SERVER = ".well-known/oauth-authorization-server"
_RESOURCE = ".well-known/oauth-protected-resource"

urlpatterns = [
    path(_SERVER, metadata.authorization_server_metadata, name="authorization_server_metadata"),
    path(
        f"{_SERVER}/<path:below>",
        metadata.authorization_server_metadata,
        name="authorization_server_metadata_of_path",
    ),
    path(_RESOURCE, metadata.protected_resource_metadata, name="protected_resource_metadata"),
    path(
        f"{_RESOURCE}/<path:below>",
        metadata.protected_resource_metadata,
        name="protected_resource_metadata_of_path",
    ),
]
