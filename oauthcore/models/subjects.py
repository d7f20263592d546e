"""Subjects: the ``sub`` of a token in introspection, JWTs and OpenID Connect."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from oauthcore import conf
from oauthcore.models.openid_clients import SubjectType
from oauthcore.models.profiles import WITHOUT_REDIRECT
from oauthcore.models.uuids import storable
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from oauthcore.rules.oidc.subjects import pairwise, sector_of

if TYPE_CHECKING:
    from oauthcore.accounts import User
    from oauthcore.models.applications import Application
    from oauthcore.models.grants import Grant


def subject_of(grant: Grant) -> UUID:
    """Return the subject of a token: the UUID of the user or, without user, of the grant.

    An application may have subjects of its own (pairwise). Otherwise, if the primary key of a user is not a
    UUID, one is derived from issuer and key. So a subject cannot be mistaken for a client ID or the number of
    an application (RFC 9700 §4.15).
    """
    key: object = grant.user_id
    if key is None:
        return grant.uuid
    own = own_subject(grant)
    return _public(key) if own is None else own


def subject_for(application: Application, user: User) -> UUID:
    """Return the subject that a new grant of a person for an application has.

    Raises TemporarilyUnavailable as ``pairwise_subject_of`` does.
    """
    return pairwise_subject_of(application, user) or _public(user.pk)


def own_subject(grant: Grant) -> UUID | None:
    """Return the pairwise subject of a grant, or None if its application gets public subjects."""
    return grant.pairwise_subject if conf.settings().OPENID_CONNECT else None


def pairwise_subject_of(application: Application, user: User) -> UUID | None:
    """Return the pairwise subject of a person for an application, or None if it gets public subjects.

    It depends on ``PAIRWISE_SALT`` and on the sector of the application (OpenID Connect Core §8.1), and on
    MariaDB one bit may differ. Raises TemporarilyUnavailable without a salt, because the public subject would
    tell applications too much; a system check warns of that.
    """
    settings = conf.settings()
    if not settings.OPENID_CONNECT or application.subject_type != SubjectType.PAIRWISE:
        return None
    if not settings.PAIRWISE_SALT:
        raise TemporarilyUnavailable("the application gets pairwise subjects, and PAIRWISE_SALT is empty")
    return storable(pairwise(settings.PAIRWISE_SALT, _sector_of(application), str(user.pk)))


def _sector_of(application: Application) -> str:
    """Return the sector of an application. It is that of its redirect URIs only if all answers go there.

    Anybody can name the redirect URIs of another application. Answers then go to the other one, except those
    to a device.
    """
    name, uris = application.client_id, tuple(application.redirect_uris)
    if any(application.allows(one) for one in WITHOUT_REDIRECT):
        return name
    return sector_of(name, application.sector_identifier_uri, uris)


def _public(key: object) -> UUID:
    return key if isinstance(key, UUID) else uuid5(NAMESPACE_URL, f"{conf.issuer()}#user-{key}")
