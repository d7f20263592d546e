"""The list of service tokens: its filters, and the accounts of a page by name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import NamesAccounts
from oauthcore.admin.frame.lists import BoundedList
from oauthcore.admin.people.people import hands_of
from oauthcore.models import ServiceToken
from oauthcore.models.liveness import expired, live

#: From when on an end that is near is pointed out.
SOON = timedelta(days=14)
_LONG_UNUSED = timedelta(days=90)

Rows = QuerySet[ServiceToken]


class NamedAccounts(BoundedList):
    """A page of rows, each with the name of its account, where the site can tell all of them at once.

    ``account_name`` is None where it is not known, and empty for an account that is not live; ``hands`` says
    who made the token, and who ended it.
    """

    def get_results(self, request: HttpRequest) -> None:
        """Fetch the page, then the names: two statements, and one question to the site."""
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
    """A filter with a condition for each of its choices."""

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
    """Live ones, and those that ended one way or the other."""

    title = _("state")
    parameter_name = "state"
    choices_in_words = {"live": _("Live"), "expired": _("Expired"), "revoked": _("Revoked")}

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        conditions = {"live": live(now), "expired": expired(now), "revoked": Q(revoked_at__isnull=False)}
        return rows.filter(conditions[choice])


class UseFilter(_Choices):
    """Tokens that were not used for long."""

    title = _("use")
    parameter_name = "use"
    choices_in_words = {"unused": _("Unused for 90 days")}

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        since = now - _LONG_UNUSED
        # By the last use that the list shows, looked up row by row: EXISTS goes through all of the usage.
        known: Any = rows.alias(known_at=Coalesce("used_at", "created_at"))
        return known.filter(known_at__lte=since, created_at__lte=since)  # type: ignore[no-any-return]


class ExpiryFilter(_Choices):
    """Tokens that end soon, and those that never do."""

    title = _("expiry")
    parameter_name = "expiry"
    choices_in_words = {"soon": _("Within 14 days"), "never": _("Never")}

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        if choice == "never":
            return rows.filter(expires_at=None)
        return rows.filter(live(now), expires_at__lte=now + SOON)


class NetworksFilter(_Choices):
    """Tokens that work from anywhere, from some networks, or from nowhere."""

    title = _("networks")
    parameter_name = "networks"
    choices_in_words = {
        "anywhere": _("Without networks: from anywhere"),
        "some": _("Restricted"),
        "nowhere": _("Restricted, and none listed"),
    }

    def narrowed(self, rows: Rows, choice: str, *, now: datetime) -> Rows:
        if choice == "anywhere":
            return rows.filter(allowed_networks__isnull=True)
        restricted = rows.filter(allowed_networks__isnull=False)
        if choice == "nowhere":
            return restricted.filter(allowed_networks=[])
        return restricted.exclude(allowed_networks=[])
