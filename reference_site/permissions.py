"""The default permission of this site's views: it refuses every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF loads this module while it loads that one


class NothingDeclared(BasePermission):
    """Refuses every request. A view must name the scopes that it needs with ``requires(…)``."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
