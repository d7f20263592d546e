"""What oauthcore listens to in Django: the end of a request, and a person logging in."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.core.signals import request_finished
from django.db import close_old_connections
from django.dispatch import receiver
from django.http import HttpRequest

from oauthcore import events, usage

#: Where the session says when its person last gave their credentials (Unix seconds).
LOGGED_IN_AT = "oauthcore_logged_in_at"


@receiver(request_finished, dispatch_uid="oauthcore.batches")
def write_batches(**_: Any) -> None:
    """Write what was counted, after the answer has gone out, so that nobody waits for it."""
    wrote = [usage.batch.flush_if_due(), events.refusals.flush_if_due()]
    if any(wrote):
        # Django has done so for this request before us, and we may have opened one again.
        close_old_connections()


@receiver(user_logged_in, dispatch_uid="oauthcore.logged_in_at")
def note_login(request: HttpRequest | None, **_: Any) -> None:
    """Note when credentials were given, for ``prompt=login`` and ``force_login``."""
    if request is not None and hasattr(request, "session"):
        request.session[LOGGED_IN_AT] = time.time()
