"""All routes of oauthcore: ``path("", include("oauthcore.urls"))``.

A site may also mount the views one by one.
"""

from __future__ import annotations

from django.urls import path

from oauthcore.api import metadata, oauth
from oauthcore.api.cors import cross_origin
from oauthcore.api.json_routes import mark_json
from oauthcore.api.me import Me
from oauthcore.pages import consent

app_name = "oauthcore"

urlpatterns = [
    path("oauth/authorize", consent.authorize, name="authorize"),
    path("oauth/token", oauth.token, name="token"),
    path("oauth/revoke", oauth.revoke, name="revoke"),
    path("oauth/introspect", oauth.introspect, name="introspect"),
    path(
        ".well-known/oauth-authorization-server",
        metadata.authorization_server_metadata,
        name="authorization_server_metadata",
    ),
    path(
        ".well-known/oauth-protected-resource",
        metadata.protected_resource_metadata,
        name="protected_resource_metadata",
    ),
    path("v1/me", mark_json(cross_origin(Me.as_view())), name="me"),
]
