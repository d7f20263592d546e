"""Subjects: who a token speaks for, as introspection and JWTs name them (``sub``)."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from oauthcore import conf
from oauthcore.models.grants import Grant


def subject_of(grant: Grant) -> UUID:
    """Return who a token speaks for: the user's UUID or, where there is no user, the grant's.

    A user whose primary key is no UUID gets one derived from issuer and key, so that a subject can never be
    taken for a client id or an application's number (RFC 9700 §4.15).
    """
    key: object = grant.user_id
    if key is None:
        return grant.uuid
    return key if isinstance(key, UUID) else uuid5(NAMESPACE_URL, f"{conf.issuer()}#user-{key}")
