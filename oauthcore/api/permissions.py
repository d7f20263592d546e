"""Scopes as DRF permissions."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from rest_framework.permissions import AND, BasePermission
from rest_framework.request import Request

from oauthcore import events
from oauthcore.api.exceptions import Refused
from oauthcore.flows.verify import VerifiedToken
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.resource_errors import NotAuthenticated


class RequiresScopes(BasePermission):
    """Lets a request through whose token includes every one of ``scopes``. Made by :func:`requires`."""

    scopes: ClassVar[tuple[str, ...]] = ()

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return True, or raise DRF's exception: 401 without a token, 403 without the scope."""
        try:
            if not isinstance(request.auth, VerifiedToken):
                raise NotAuthenticated("no token was sent")
            request.auth.require(*self.scopes)
        except OAuthError as refusal:
            events.note_refusal(refusal)
            raise Refused(refusal, scopes={*self.scopes, *scopes_required_by(view)}) from None
        return True


@cache
def requires(*scopes: str) -> type[RequiresScopes]:
    """Return a permission class for tokens with all of these scopes; with none named, for any live token.

    ``permission_classes = [requires("api.images.read")]``
    """
    return type("RequiresScopes", (RequiresScopes,), {"scopes": scopes})


def requirements_in(permission: Any) -> list[RequiresScopes]:
    """Return what a permission requires of a token: itself, or what it joins with ``&``.

    Of combinations only ``&`` requires what it holds: ``|`` would let in whoever the other side lets in.
    """
    if isinstance(permission, AND):
        return [one for name in ("op1", "op2") for one in requirements_in(getattr(permission, name))]
    return [permission] if isinstance(permission, RequiresScopes) else []


def scopes_required_by(view: Any) -> frozenset[str]:
    """Return all scopes that a view requires of this request's token, for the challenge of a refusal."""
    found = (one for permission in view.get_permissions() for one in requirements_in(permission))
    return frozenset(scope for one in found for scope in one.scopes)
