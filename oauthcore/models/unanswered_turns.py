"""Rotations of refresh tokens whose tokens nobody was given, because their commit got no answer in time.

It may wait for a standby that is lost, and come into force when the standby is back. Then the client holds
the refresh token before it, and is no thief.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from hashlib import sha256

from oauthcore.models.database import DATABASE_IS_DOWN, atomic, is_outcome_unknown, primary_connection
from oauthcore.models.used_identifiers import UsedIdentifier

logger = logging.getLogger("oauthcore")

#: A client that does not come back so long is taken for a replay.
_KEPT = timedelta(days=1)
#: The request has waited already, so a note is tried for so long only.
_MOST_SECONDS = 0.5
_PAUSE_SECONDS = 0.05


def note_if_unanswered(error: BaseException, spent: bytes, turn: bytes, *, now: datetime) -> None:
    """Note it if the error does not say what came of the rotation. A transaction of the site prevents it."""
    if is_outcome_unknown(error) and not primary_connection().in_atomic_block:
        note(spent, turn, now=now)


def note(spent: bytes, turn: bytes, *, now: datetime) -> None:
    """Note that nobody was given what a refresh token was traded for, if the database can be reached.

    It must be there before the rotation is in force, so it waits for no standby. A failover may keep the
    rotation and lose the note. The refresh token then counts as used, and the person has to log in again.
    """
    connection = primary_connection()
    ends_at = time.monotonic() + _MOST_SECONDS
    while True:
        connection.close()
        try:
            with atomic():
                if connection.vendor == "postgresql":
                    with connection.cursor() as cursor:
                        cursor.execute("SET LOCAL synchronous_commit = local")
                # It is there already if only the answer to the first try was lost.
                UsedIdentifier.claim(_digest(spent, turn), expires_at=now + _KEPT)
        except DATABASE_IS_DOWN as error:
            if time.monotonic() > ends_at:
                logger.warning("it is not noted that a refresh was not answered (%s)", type(error).__name__)
                return
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def is_noted(spent: bytes, turn: bytes, *, now: datetime) -> bool:
    """Return whether nobody was given what the refresh token was traded for."""
    return UsedIdentifier.objects.filter(digest=_digest(spent, turn), expires_at__gt=now).exists()


def _digest(spent: bytes, turn: bytes) -> bytes:
    return sha256(b"unanswered" + spent + turn).digest()
