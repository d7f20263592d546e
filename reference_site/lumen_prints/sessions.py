"""Beginning and ending the sessions of the shop."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.models import User
from django.http import HttpRequest

from reference_site.lumen_prints.logout_tokens import Ended
from reference_site.lumen_prints.models import SignedIn

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_ID_TOKEN = "id_token"


def begin(request: HttpRequest, claims: Mapping[str, Any], id_token: str) -> None:
    """Log in the person whom the provider names by ``sub``.

    Names and addresses may change. The subject never does, so it alone finds the user.
    """
    subject = claims["sub"]
    user, _ = User.objects.update_or_create(
        username=hashlib.sha256(f"{settings.ISSUER} {subject}".encode()).hexdigest(),
        defaults={
            "first_name": str(claims.get("name") or "")[:150],
            "email": str(claims.get("email") or "")[:254],
        },
    )
    _forget(request.session.session_key)
    request.session.flush()
    login(request, user, backend=_BACKEND)
    request.session[_ID_TOKEN] = id_token
    SignedIn.objects.create(
        session_key=str(request.session.session_key), user=user, subject=subject, sid=claims.get("sid") or ""
    )


def end(request: HttpRequest) -> str | None:
    """Log the person out of the shop. Return the id token with which the session began."""
    id_token: str | None = request.session.get(_ID_TOKEN)
    _forget(request.session.session_key)
    logout(request)
    return id_token


def end_all(ended: Ended) -> int:
    """End the sessions that a logout token names. Return how many there were."""
    found = SignedIn.objects.all()
    if ended.sid:
        found = found.filter(sid=ended.sid)
    if ended.subject:
        found = found.filter(subject=ended.subject)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = list(found.values_list("session_key", flat=True))
    for key in keys:
        store(key).delete()
    SignedIn.objects.filter(session_key__in=keys).delete()  # but not those that began meanwhile
    return len(keys)


def _forget(session_key: str | None) -> None:
    SignedIn.objects.filter(session_key=session_key).delete()
