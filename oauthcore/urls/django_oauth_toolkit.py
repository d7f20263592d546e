"""The addresses of django-oauth-toolkit: ``path("o/", include("oauthcore.urls.django_oauth_toolkit"))``.

They are aliases of the routes in ``oauthcore.urls``, for applications that still have the old addresses.
Mount them where the package's own routes were, beside ``oauthcore.urls``.
"""

from __future__ import annotations

from django.urls import path, re_path

from oauthcore.api.oauth import endpoints, keys
from oauthcore.api.oidc.userinfo import userinfo
from oauthcore.pages.authorize import authorize
from oauthcore.pages.device.connect import connect_device
from oauthcore.pages.logout.logout import logout

app_name = "oauthcore_django_oauth_toolkit"

# The package takes each of them with the slash; some clients leave it out.
urlpatterns = [
    re_path(r"^token/?$", endpoints.token, name="token"),
    re_path(r"^authorize/?$", authorize.authorize, name="authorize"),
    re_path(r"^revoke_token/?$", endpoints.revoke, name="revoke_token"),
    re_path(r"^introspect/?$", endpoints.introspect, name="introspect"),
    re_path(r"^device-authorization/?$", endpoints.begin_device_authorization, name="device_authorization"),
    re_path(r"^device/?$", connect_device, name="device"),
    re_path(r"^userinfo/?$", userinfo, name="userinfo"),
    re_path(r"^logout/?$", logout, name="logout"),
    path(".well-known/jwks.json", keys.jwks, name="jwks"),
]
