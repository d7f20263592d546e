"""Looking up why requests of an application were refused."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from oauthcore import conf
from oauthcore.models import Application, Refusal
from oauthcore.recording import refusals

#: So many are shown at once, the newest.
MOST_SHOWN = 100

_REQUEST_ID = re.compile(r"[0-9a-f]{32}\Z")


def parse_request_id(text: str) -> str | None:
    """Return a Request-Id as it is stored, without text around it, or None if there is none."""
    bare = re.sub(r"^request-id:|[\s-]", "", text.strip().lower())
    return bare if _REQUEST_ID.match(bare) else None


def recent_refusals_of(
    application: Application, *, request_id: str | None = None, now: datetime
) -> list[Refusal]:
    """Return the newest refusals of an application within ``REFUSAL_LIFETIME``, or those of one request.

    Refusals in the memory of this process are written first.
    """
    refusals.batch.flush()
    since = now - timedelta(seconds=conf.settings().REFUSAL_LIFETIME)
    rows = Refusal.objects.filter(application_ref=application.client_id, at__gt=since)
    if request_id is not None:
        rows = rows.filter(request_id=request_id)
    return list(rows.order_by("-at", "-pk")[:MOST_SHOWN])
