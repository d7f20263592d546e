"""Scopes as DRF permissions."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from oauthcore import events
from oauthcore.api.exceptions import Refused
from oauthcore.flows.verify import VerifiedToken
from oauthcore.rules.resource_errors import InsufficientScope, NotAuthenticated


class RequiresScopes(BasePermission):
    """Lets a request through whose token includes every one of ``scopes``. Made by :func:`requires`."""

    scopes: ClassVar[tuple[str, ...]] = ()

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True, or raise DRF's exception: 401 without a token, 403 without the scope."""
        if not isinstance(request.auth, VerifiedToken):
            raise Refused(NotAuthenticated("no token was sent"))
        try:
            request.auth.require(*self.scopes)
        except InsufficientScope as refusal:
            application = request.auth.application
            events.note_refusal(refusal, client_id=application.client_id if application else "")
            raise Refused(refusal) from None
        return True


@cache
def requires(*scopes: str) -> type[RequiresScopes]:
    """Return a permission class for tokens with all of these scopes; with none named, for any live token.

    ``permission_classes = [requires("api.images.read")]``
    """
    return type("RequiresScopes", (RequiresScopes,), {"scopes": scopes})
