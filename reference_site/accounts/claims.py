"""What this site tells applications about a person who signs in with it (``oauthcore.claims``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from oauthcore.claims import UserClaims
from reference_site.accounts.models import Account


class Claims(UserClaims):
    """What Django's user knows, and ``accounts``: applications ask for it with the parameter ``claims``."""

    offered = {**UserClaims.offered, "accounts": _("the accounts you work on")}

    def values_of(self, user: Any, names: frozenset[str]) -> Mapping[str, Any]:
        """Return the claims that the user has. Only the accounts take a query."""
        values = dict(super().values_of(user, names))
        if "accounts" in names:
            live = Account.live.filter(users=user.pk)
            values["accounts"] = list(live.order_by("name").values_list("name", flat=True))
        return values
