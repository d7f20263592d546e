"""``GET /v1/me``: what a token is and may do, right now."""

from __future__ import annotations

from typing import Any

from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore import conf
from oauthcore.api.drf.authentication import BearerAuthentication
from oauthcore.api.drf.exceptions import exception_handler
from oauthcore.api.drf.permissions import requires
from oauthcore.flows.tokens.owner import told_user_id, told_username
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models import Grant
from oauthcore.rules.wire.moments import timestamp


class Me(APIView):
    """Answers any live token, of any kind."""

    authentication_classes = (BearerAuthentication,)
    permission_classes = (requires(),)
    renderer_classes = (JSONRenderer,)
    throttle_classes = ()
    schema = None
    #: It describes rows, so it asks for them below an offline resource too.
    needs_rows = True

    def get(self, request: Request) -> Response:
        """Describe the token that was sent."""
        verified: Any = request.auth
        return Response(describe(verified))

    def get_exception_handler(self) -> Any:
        """Return our own handler, so that errors have the format of the wire contract on every site."""
        return exception_handler


def describe(verified: VerifiedToken) -> dict[str, Any]:
    """Return the description of a token (wire §5), never the token itself."""
    account, user, application = verified.account, verified.user, verified.application
    allowed = verified.allowed_scopes
    members: dict[str, Any] = {
        "kind": verified.kind,
        "scopes": sorted(verified.scopes),
        "capabilities": {name: name in allowed for name in sorted(conf.settings().vocabulary.words)},
        "expires_at": timestamp(verified.token.ends_at),
        "account": {"uuid": str(account.uuid), "name": account.name} if account else None,
        "user": {"id": told_user_id(verified), "username": told_username(verified)} if user else None,
        "application": {"client_id": application.client_id, "name": application.name}
        if application
        else None,
    }
    if verified.grant.kind == Grant.Kind.SERVICE:
        members["token"] = _service_token(verified)
    return members


def _service_token(verified: VerifiedToken) -> dict[str, Any]:
    grant = verified.grant
    settings = conf.settings()
    last_at = grant.usage.order_by("-day").values_list("last_at", flat=True).first()
    return {
        "name": grant.label,
        "hint": f"{settings.TOKEN_PREFIX}_{settings.TOKEN_ENVIRONMENT}_…{verified.token.hint}",
        "allowed_networks": grant.allowed_networks,
        "max_request_bytes": grant.max_request_bytes,
        "last_used_at": timestamp(last_at),
    }
