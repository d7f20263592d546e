"""What all screens of the admin share: staff look, and change what is theirs to change; nothing is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse


class OversightAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time before Django 6
    """Rows that come about elsewhere: never added here, never deleted, changed by those who may."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: they are made where they are used."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: whoever asks later what was there has to find it."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; refuse bulk actions to those who may not change, where Django would ignore them."""
        if request.method == "POST" and not self.has_change_permission(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)
