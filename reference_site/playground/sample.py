"""The sample application that runs in the visitor's browser; ``demo_data`` registers it as a public one."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from oauthcore.applications import scopes_in_groups
from oauthcore.models import Application

AnyUser = AbstractBaseUser | AnonymousUser

CLIENT_ID = "photo-desk"
NAME = "Photo Desk"
#: The redirect URI, below the issuer.
CALLBACK_PATH = "/try/callback"
#: The boxes that are checked when the page opens. They are enough to see photos.
CHOSEN_SCOPES = frozenset({"read", "api.images.read", "api.download"})


@dataclass(frozen=True)
class OfferedScope:
    """A scope that the visitor may let the sample application ask for."""

    name: str
    description: str
    is_sensitive: bool
    is_chosen: bool


def find_application() -> Application | None:
    """Return the sample application, or None if it is not registered or staff have ended it."""
    application = Application.objects.filter(client_id=CLIENT_ID).first()
    return application if application is not None and application.is_live else None


def find_own_application(client_id: str, owner: AnyUser) -> Application | None:
    """Return the live application of a developer that the page takes through its steps, or None."""
    if not owner.is_authenticated or not client_id.isprintable():  # PostgreSQL refuses NUL
        return None
    application = Application.objects.filter(client_id=client_id, owner=owner.pk, deleted_at=None).first()
    return application if application is not None and application.is_live else None


def offered_scopes(application: Application) -> list[OfferedScope]:
    """Return the scopes of the application in the order of the site's vocabulary."""
    is_sample = application.client_id == CLIENT_ID
    chosen = CHOSEN_SCOPES if is_sample else application.scopes_by_default | application.required_scopes
    return [
        OfferedScope(scope.name, scope.description, scope.is_sensitive, is_chosen=scope.name in chosen)
        for group in scopes_in_groups(application.scopes)
        for scope in group.scopes
    ]
