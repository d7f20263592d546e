"""The claims about a person that a site offers to applications (OpenID Connect Core §5.1).

A site names its class in ``OAUTHCORE["CLAIMS"]``. The default knows the fields of Django's user model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from oauthcore.accounts import User

__all__ = ["ClaimsSource", "UserClaims"]


class ClaimsSource(Protocol):
    """What a site tells applications about its people."""

    @property
    def offered(self) -> Mapping[str, StrOrPromise]:
        """The offered claims: name → the words for people, such as ``email`` → "your e-mail address"."""

    def values_of(self, user: User, names: frozenset[str]) -> Mapping[str, Any]:
        """Return the values of these claims of a person, with one query at most.

        A claim without a value is left out. A claim that was not asked for is ignored.
        """


class UserClaims:
    """The claims that Django's user model knows, with no query.

    A site that knows more inherits from it::

        class Claims(UserClaims):
            offered = {**UserClaims.offered, "picture": _("your picture")}

            def values_of(self, user, names):
                return {**super().values_of(user, names), "picture": user.profile.picture_url}
    """

    offered: Mapping[str, StrOrPromise] = {
        "name": _("your name"),
        "given_name": _("your first name"),
        "family_name": _("your last name"),
        "preferred_username": _("your username"),
        "email": _("your e-mail address"),
        "email_verified": _("whether your e-mail address was checked"),
    }

    def values_of(self, user: User, names: frozenset[str]) -> Mapping[str, Any]:
        """Return those of the claims that the user has. Nobody has checked the e-mail address."""
        email = getattr(user, user.get_email_field_name(), "")
        values = {
            "name": user.get_full_name() if hasattr(user, "get_full_name") else "",
            "given_name": getattr(user, "first_name", ""),
            "family_name": getattr(user, "last_name", ""),
            "preferred_username": user.get_username(),
            "email": email,
            "email_verified": False if email else None,
        }
        return {name: value for name, value in values.items() if name in names and value not in ("", None)}
