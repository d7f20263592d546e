"""The list of service tokens: its filters, and the names of the accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oauthcore import conf
from oauthcore.accounts import NamesAccounts
from oauthcore.admin.frame.lists import BoundedList
from oauthcore.admin.people.people import hands_of
from oauthcore.models import ServiceToken
from oauthcore.models.liveness import ENDS_SOON, LONG_UNUSED, expired, live

Rows = QuerySet[ServiceToken]


class NamedAccounts(BoundedList):
    """A page of tokens with the names of their accounts, if the backend has ``names_of``.

    ``account_name`` is None if the name is unknown, and empty if the account is not live. ``hands`` says who
    made the token and who ended it.
    """

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page, then the names with two statements and one call of the account backend."""
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        hands = hands_of(rows)
        for row in rows:
            row.hands = hands[row.uuid]
        backend = conf.settings().account_backend
        if isinstance(backend, NamesAccounts):
            uuids = {row.account_uuid for row in rows} - {None}
            names = backend.names_of(uuids) if uuids else {}
            for row in rows:
                row.account_name = names.get(row.account_uuid, "")
        self.result_list = rows


class _Choices(admin.SimpleListFilter):
    """A filter with one condition for each choice."""

    choices_in_words: dict[str, Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        return self.choices_in_words.items()

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in self.choices_in_words:
            return queryset
        return self.narrowed(queryset, str(self.value()), now=timezone.now())

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        raise NotImplementedError


class StateFilter(_Choices):
    """Tokens that are live, that were revoked, or that have expired."""

    title = _("state")
    parameter_name = "state"
    choices_in_words = {
        "live": pgettext_lazy("tokens", "Live"),
        "expired": pgettext_lazy("tokens", "Expired"),
        "revoked": pgettext_lazy("tokens", "Revoked"),
    }

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        conditions = {"live": live(now), "expired": expired(now), "revoked": Q(revoked_at__isnull=False)}
        return rows.filter(conditions[choice])


class UseFilter(_Choices):
    """Tokens that were not used for 90 days."""

    title = pgettext_lazy("noun", "use")
    parameter_name = "use"
    choices_in_words = {"unused": pgettext_lazy("tokens", "Unused for 90 days")}

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        since = now - LONG_UNUSED
        # Compares the last use, looked up for each row. EXISTS would scan the whole usage table.
        known: Any = rows.alias(known_at=Coalesce("used_at", "created_at"))
        return known.filter(known_at__lte=since, created_at__lte=since)  # type: ignore[no-any-return]


class ExpiryFilter(_Choices):
    """Tokens that expire within 14 days, and tokens that never expire."""

    title = _("expiry")
    parameter_name = "expiry"
    choices_in_words = {"soon": _("Within 14 days"), "never": pgettext_lazy("expires", "Never")}

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        if choice == "never":
            return rows.filter(expires_at=None)
        return rows.filter(live(now), expires_at__lte=now + ENDS_SOON)


class NetworksFilter(_Choices):
    """Tokens that work from anywhere, from some networks, or from nowhere."""

    title = _("networks")
    parameter_name = "networks"
    choices_in_words = {
        "anywhere": _("Without networks: from anywhere"),
        "some": pgettext_lazy("tokens", "Restricted"),
        "nowhere": pgettext_lazy("tokens", "Restricted, and none listed"),
    }

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        if choice == "anywhere":
            return rows.filter(allowed_networks__isnull=True)
        restricted = rows.filter(allowed_networks__isnull=False)
        if choice == "nowhere":
            return restricted.filter(allowed_networks=[])
        return restricted.exclude(allowed_networks=[])
