"""The column "last used" of grants. The database looks it up together with the rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from oauthcore.models import Usage


def with_last_use(grants: QuerySet[Any]) -> QuerySet[Any]:
    """Return the grants with ``used_at`` and ``used_from``."""
    latest = Usage.objects.filter(grant=OuterRef("pk")).order_by("-day")
    annotated: QuerySet[Any] = grants.annotate(
        used_at=Subquery(latest.values("last_at")[:1]), used_from=Subquery(latest.values("last_address")[:1])
    )
    return annotated


@admin.display(description=pgettext_lazy("time", "last used"))
def last_use(grant: Any) -> SafeString | str:
    """Return in words when a grant was last used, and from which address."""
    if grant.used_at is None:
        return pgettext("last used", "Never")
    return format_html(
        '{}<div class="quiet oauthcore-breaks">{}</div>',
        pgettext("last used", "%(time)s ago") % {"time": timesince(grant.used_at, depth=1)},
        _("from %(address)s") % {"address": grant.used_from} if grant.used_from else "",
    )
