"""Claims in tests: a site that offers more claims, and the claims on the consent page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from oauthcore.claims import UserClaims

EVERY_NAME = ["family_name", "given_name", "name", "preferred_username"]
EVERYTHING = sorted([*EVERY_NAME, "email", "email_verified"])


class Claims(UserClaims):
    """A site with claims that belong to no scope, with every type of value."""

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
