"""Logging a person out of all other browsers after a change of password or second factor.

The person can choose to keep them logged in. A second factor is switched on in two steps, and the password is
checked in the first. The session keeps the new hash until the second step, encrypted for its person.
"""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from oauthcore.accounts import person_of
from oauthcore.flows.passwords.rehashes import end_sessions, hashed_anew
from oauthcore.models.kept_hashes import open_hash, seal_hash
from oauthcore.recording.login_sessions import browser_session_of
from oauthcore.rules.text.hidden_text import HiddenText

_KEPT = "oauthcore_new_hash"


def stay(request: HttpRequest) -> bool:
    """Return whether the person wants other browsers to stay logged in."""
    return "keep_others" in request.POST


def end_with(request: HttpRequest, password: HiddenText) -> None:
    """Log the person out of all other browsers. ``password`` is their current password, already checked."""
    encoded = None if stay(request) else hashed_anew(person_of(request), password)
    if encoded is not None:
        _end(request, encoded)


def prepare(request: HttpRequest, password: HiddenText) -> None:
    """Store in the session what ``end_prepared`` needs. ``password`` was already checked."""
    encoded = hashed_anew(person_of(request), password)
    request.session[_KEPT] = seal_hash(encoded, person_of(request)) if encoded is not None else ""


def end_prepared(request: HttpRequest) -> None:
    """Log the person out of all other browsers, with the value that ``prepare`` stored.

    If the password was changed since, that change has already ended the sessions.
    """
    kept = request.session.pop(_KEPT, "")
    encoded = open_hash(kept, person_of(request)) if kept and not stay(request) else None
    if encoded is not None:
        _end(request, encoded)


def _end(request: HttpRequest, encoded: HiddenText) -> None:
    user = person_of(request)
    if end_sessions(user, encoded, but=browser_session_of(request)):
        update_session_auth_hash(request, user)
