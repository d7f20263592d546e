"""``request.user`` for a token without a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauthcore.flows.tokens.verify import VerifiedToken


class Integration:
    """The holder of a service token or of client credentials. It is authenticated, but it is not a user.

    It has no primary key and no permissions, so it gets nothing that is granted to users. ``request.auth``
    says what it may do.
    """

    pk = None
    id = None
    is_active = True
    is_staff = False
    is_superuser = False
    is_anonymous = False
    is_authenticated = True

    def __init__(self, verified: VerifiedToken) -> None:
        self.token = verified

    def __str__(self) -> str:
        return self.get_username()

    def get_username(self) -> str:
        """Return a name for logs: the application's client ID, or the service token's name."""
        application = self.token.application
        return application.client_id if application is not None else self.token.grant.label

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return False: permissions are for users."""
        return False

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """Return False: permissions are for users."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Return False: permissions are for users."""
        return False
