"""The userinfo endpoint (OpenID Connect Core §5.3), which Mastodon has too."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase

from oauthcore.api.django.scopes import scopes_required
from oauthcore.api.wire.endpoint import json_endpoint
from oauthcore.api.wire.responses import json_response
from oauthcore.flows.oidc.userinfo import userinfo as told


@json_endpoint("GET", "HEAD", "POST", challenge="Bearer", switch="OPENID_CONNECT")
def userinfo(request: HttpRequest) -> HttpResponseBase:
    """Tell about the person of the token: ``GET`` or ``POST /oauth/userinfo``."""
    answered: HttpResponseBase = _told(request)
    return answered


@scopes_required()
def _told(request: Any) -> HttpResponseBase:
    return json_response(told(request.auth))
