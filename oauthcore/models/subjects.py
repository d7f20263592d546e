"""Subjects: the ``sub`` of a token in introspection and JWTs."""

from __future__ import annotations

from uuid import NAMESPACE_URL, UUID, uuid5

from oauthcore import conf
from oauthcore.models.grants import Grant


def subject_of(grant: Grant) -> UUID:
    """Return the subject of a token: the UUID of the user or, without user, of the grant.

    If the primary key of a user is not a UUID, one is derived from issuer and key. So a subject cannot be
    mistaken for a client ID or the number of an application (RFC 9700 §4.15).
    """
    key: object = grant.user_id
    if key is None:
        return grant.uuid
    return key if isinstance(key, UUID) else uuid5(NAMESPACE_URL, f"{conf.issuer()}#user-{key}")
