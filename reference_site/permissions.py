"""What a view of this site may do that names no permission: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF loads this module while it loads that one


class NothingDeclared(BasePermission):
    """Refuses everybody: a view says with ``requires(…)`` what a token must be allowed."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False
