"""All routes of oauthcore: ``path("", include("oauthcore.urls"))``.

A site may also mount the views one by one.
"""

from __future__ import annotations

from django.urls import path

import oauthcore.converters  # noqa: F401 - registers <oauthcore_number:…>
from oauthcore.api.oauth import endpoints, keys
from oauthcore.api.oauth import registration as dynamic_registration
from oauthcore.api.oidc.userinfo import userinfo
from oauthcore.api.second_factor import totp
from oauthcore.api.sign_in import devices, sign_in
from oauthcore.api.tokens.me import Me
from oauthcore.api.wire.cors import cross_origin
from oauthcore.api.wire.json_routes import mark_json
from oauthcore.bodies import limit_body
from oauthcore.pages.applications import overview, registration, settings
from oauthcore.pages.applications.check import application_check
from oauthcore.pages.applications.code.env import application_env
from oauthcore.pages.applications.keys import application_keys
from oauthcore.pages.applications.logo import application_logo
from oauthcore.pages.applications.logouts import application_logouts
from oauthcore.pages.applications.refusals import application_refusals
from oauthcore.pages.applications.scopes import application_scopes
from oauthcore.pages.applications.secrets import application_secrets
from oauthcore.pages.applications.upgrade import application_upgrade
from oauthcore.pages.authorize import authorize
from oauthcore.pages.connections import connections
from oauthcore.pages.device.connect import connect_device
from oauthcore.pages.login.login_again import LoginAgain
from oauthcore.pages.login.second_step import second_step
from oauthcore.pages.logout.logout import logout
from oauthcore.pages.security.passkeys import passkey_new, passkey_remove
from oauthcore.pages.security.password_change import password_change
from oauthcore.pages.security.security import security
from oauthcore.urls import well_known

app_name = "oauthcore"

urlpatterns = [
    # Django tries them in order, so the routes that programs use most come first.
    path("oauth/token", endpoints.token, name="token"),
    path("oauth/revoke", endpoints.revoke, name="revoke"),
    path("oauth/introspect", endpoints.introspect, name="introspect"),
    path("v1/me", limit_body(mark_json(cross_origin(Me.as_view()))), name="me"),
    path("oauth/userinfo", userinfo, name="userinfo"),
    path("oauth/jwks", keys.jwks, name="jwks"),
    path("oauth/par", endpoints.push_authorization_request, name="par"),
    path("oauth/device_authorization", endpoints.begin_device_authorization, name="device_authorization"),
    path("oauth/authorize", authorize.authorize, name="authorize"),
    path("oauth/logout", logout, name="logout"),
    path("oauth/register", dynamic_registration.register, name="register"),
    path("oauth/register/<str:client_id>", dynamic_registration.registration, name="registration"),
    path("oauth/device", connect_device, name="connect_device"),
    path("oauth/connections/", connections.connections, name="connections"),
    path("oauth/login-again", LoginAgain.as_view(), name="login_again"),
    path("oauth/second-step", second_step, name="second_step"),
    path("oauth/security/", security, name="security"),
    path("oauth/security/password", password_change, name="password_change"),
    path("oauth/security/passkeys/new", passkey_new, name="passkey_new"),
    path("oauth/security/passkeys/<oauthcore_number:number>/remove", passkey_remove, name="passkey_remove"),
    path("oauth/applications/", registration.applications, name="applications"),
    path("oauth/applications/new", registration.application_new, name="application_new"),
    path("oauth/applications/check", application_check, name="application_check"),
    path("oauth/applications/<oauthcore_number:number>/", overview.application, name="application"),
    path(
        "oauth/applications/<oauthcore_number:number>/edit",
        settings.application_edit,
        name="application_edit",
    ),
    path(
        "oauth/applications/<oauthcore_number:number>/secrets",
        application_secrets,
        name="application_secrets",
    ),
    path("oauth/applications/<oauthcore_number:number>/env", application_env, name="application_env"),
    path("oauth/applications/<oauthcore_number:number>/keys", application_keys, name="application_keys"),
    path(
        "oauth/applications/<oauthcore_number:number>/switch",
        settings.application_switch,
        name="application_switch",
    ),
    path(
        "oauth/applications/<oauthcore_number:number>/delete",
        settings.application_delete,
        name="application_delete",
    ),
    path("oauth/applications/<oauthcore_number:number>/logo.png", application_logo, name="application_logo"),
    path(
        "oauth/applications/<oauthcore_number:number>/scopes", application_scopes, name="application_scopes"
    ),
    path(
        "oauth/applications/<oauthcore_number:number>/upgrade",
        application_upgrade,
        name="application_upgrade",
    ),
    path(
        "oauth/applications/<oauthcore_number:number>/refusals",
        application_refusals,
        name="application_refusals",
    ),
    path(
        "oauth/applications/<oauthcore_number:number>/logouts",
        application_logouts,
        name="application_logouts",
    ),
    *well_known.urlpatterns,
    path("v1/auth/sign_in", sign_in.sign_in, name="sign_in"),
    path("v1/auth/mfa", sign_in.mfa, name="sign_in_mfa"),
    path("v1/auth/token", sign_in.token, name="sign_in_token"),
    path("v1/auth/sign_out", sign_in.sign_out, name="sign_out"),
    path("v1/auth/devices", devices.devices, name="devices"),
    path("v1/auth/devices/<str:uuid>", devices.device, name="device"),
    path("v1/auth/mfa/totp", totp.totp, name="totp"),
    path("v1/auth/mfa/totp/confirm", totp.confirm_totp, name="totp_confirm"),
    path("v1/auth/mfa/recovery_codes", totp.recovery_codes, name="recovery_codes"),
]
