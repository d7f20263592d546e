"""OpenID Connect in tests: an application that signs people in, and a site that knows more about them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from oauthcore.claims import UserClaims
from tests.support.oauth import OAuthClient

SignIn = Callable[..., OAuthClient]

EVERY_NAME = ["family_name", "given_name", "name", "preferred_username"]
EVERYTHING = sorted([*EVERY_NAME, "email", "email_verified"])


class SigningIn(OAuthClient):
    """An application that asks for the scopes of OpenID Connect where a test names no others."""

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of a good authentication request."""
        return super().parameters(**{"scope": "openid profile email", "nonce": "n-0S6", **changes})


class Claims(UserClaims):
    """A site that knows more: claims of no scope, of every type of value."""

    values: ClassVar[dict[str, Any]] = {}
    asked: ClassVar[list[frozenset[str]]] = []
    offered: ClassVar[Mapping[str, Any]] = {
        **UserClaims.offered,
        "picture": "your picture",
        "address": "your address",
        "groups": "your groups",
        "updated_at": "when your profile was changed",
        "member": "whether you are a member",
    }

    def values_of(self, user: Any, names: frozenset[str]) -> Mapping[str, Any]:
        """Return the values, and some that nobody asked for."""
        self.asked.append(names)
        return {**super().values_of(user, names), **self.values, "password": "secret"}


def wanting(**places: Any) -> str:
    """Return the parameter ``claims`` with these places."""
    return json.dumps(places)


def decide(app: Any, *claims: str, **changes: Any) -> Any:
    """Show the page and allow access with only these claims ticked."""
    return app.decide(form={"claim": list(claims)}, **changes)


def boxes(page: Any) -> dict[str, bool]:
    """Return the claims that have a box on the page, and whether it is ticked."""
    return {one["name"]: one["checked"] for group in page.context["claim_groups"] for one in group["claims"]}
