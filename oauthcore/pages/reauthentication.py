"""Asking for credentials again, once: ``prompt=login`` and ``force_login`` (OpenID Connect Core §3.1.2.1).

The address that the person comes back to carries a signed moment; the session says when credentials were last
given. Whoever gave them after that moment was asked, as whichever user they came back.
"""

from __future__ import annotations

import time

from django.core import signing
from django.http import HttpRequest

from oauthcore.receivers import LOGGED_IN_AT

_SALT = "oauthcore.reauthentication"
_PARAMETER = "oauthcore_login"
_LIFETIME = 600


def is_fresh(request: HttpRequest) -> bool:
    """Return whether credentials were given since this request asked for them."""
    try:
        asked_at = signing.loads(request.GET.get(_PARAMETER, ""), salt=_SALT, max_age=_LIFETIME)
    except signing.BadSignature:
        return False
    return bool(request.session.get(LOGGED_IN_AT, 0) >= asked_at)


def marked_path(request: HttpRequest) -> str:
    """Return the path of this request with the moment in it at which credentials were asked for."""
    query = request.META.get("QUERY_STRING", "")
    kept = [part for part in query.split("&") if not part.startswith(f"{_PARAMETER}=")]
    return f"{request.path}?{'&'.join([*kept, f'{_PARAMETER}={signing.dumps(time.time(), salt=_SALT)}'])}"
