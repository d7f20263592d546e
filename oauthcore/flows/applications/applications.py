"""What developers do with their applications: register, change, turn off and on, delete."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.applications.descriptions import Description, refuse, values_of
from oauthcore.flows.applications.logos import keep_logo
from oauthcore.flows.oauth.registration.changes import forget_verification, mark_deleted
from oauthcore.flows.oauth.registration.sectors import problem_with_sector_of
from oauthcore.models import Application, Profile, SecurityEvent
from oauthcore.models.database import atomic, primary, retried
from oauthcore.recording import events
from oauthcore.recording.single_answer import SingleAnswer
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.oauth.scopes import Level, Scopes
from oauthcore.rules.text.hidden_text import ClearText
from oauthcore.rules.text.sentences import Sentence


class TooManyApplications(Exception):
    """The person has the largest allowed number of applications."""


@dataclass(frozen=True)
class NewLogo:
    """The new logo of an application: a PNG from ``logos.redraw``, or None to remove the logo."""

    png: bytes | None


def number_of_applications(user: User) -> int:
    """Return how many applications a person has."""
    return Application.objects.filter(owner=user, deleted_at=None).count()


@retried
def register_application(
    owner: User, described: Description, *, client_type: str, page: SingleAnswer, logo: NewLogo | None = None
) -> tuple[Application, ClearText | None]:
    """Register an application of OAuth 2.1 for a person; return it with its secret in clear, or with None.

    The nonce of the form becomes the client ID, so a second answer finds the application of the first.
    Raises ValidationError with the wrong fields, TooManyApplications, and AnsweredBefore.
    """
    refuse(described, None)
    _refuse_sector(described, None)
    with atomic():
        # Lock the person: otherwise two registrations at once could exceed the limit.
        get_user_model()._base_manager.using(primary()).select_for_update().get(pk=owner.pk)
        page.claim()
        if number_of_applications(owner) >= conf.settings().APPLICATIONS_PER_USER:
            raise TooManyApplications
        application, secret = Application.objects.register(
            client_id=page.nonce,
            owner=owner,
            profile=Profile.OAUTH_2_1,
            client_type=client_type,
            **values_of(described, None),
        )
        if logo is not None:
            keep_logo(application, logo.png)
        events.record(SecurityEvent.Kind.APPLICATION_REGISTERED, application=application, user=owner)
    return application, secret


@retried
def change_application(
    application: Application,
    described: Description,
    *,
    seen: Scopes | None = None,
    user: User,
    logo: NewLogo | None = None,
) -> Application:
    """Change what a developer may change of an application and return it as it is now.

    A change of name, logo or addresses ends the verification by staff. An additional scope ends their trust.
    The client type never changes. Copies of a public application could not get the secret that a confidential
    one needs. The grants of a confidential application would be open to anyone who knows its client ID.
    ``seen`` are the scopes that it had when the developer opened the form: scopes that staff gave it since
    stay. Raises ValidationError with the wrong fields, and Application.DoesNotExist if it has been deleted.
    """
    _refuse_sector(described, application)
    with atomic():
        found = locked(application)
        has = found.scopes
        described = replace(described, scopes=described.scopes | _unseen(has, seen))
        refuse(described, found)
        values = values_of(described, found)
        changed = [name for name, value in values.items() if getattr(found, name) != value]
        for name in changed:
            setattr(found, name, values[name])
        found.full_clean()
        if logo is not None and keep_logo(found, logo.png):
            changed.append("logo")
        if not changed:
            return found
        forget_verification(found, changed, had=has)
        found.save(update_fields=[*values, "is_verified", "is_trusted"])
        events.record(
            SecurityEvent.Kind.APPLICATION_CHANGED, application=found, user=user, reason=", ".join(changed)
        )
    return found


def _refuse_sector(described: Description, application: Application | None) -> None:
    """Raise ValidationError if the sector's document, fetched if new, does not list the URIs."""
    openid = described.openid
    if openid is None:
        return
    asked = (openid.sector_identifier_uri, described.redirect_uris)
    has = application and (application.sector_identifier_uri, tuple(application.redirect_uris))
    try:
        problem = "" if asked == has else problem_with_sector_of(*asked)
    except Throttled:
        problem = Sentence("Too many addresses are being read. Try again in a few minutes.")
    if problem:
        raise ValidationError({"sector_identifier_uri": problem})


def _unseen(has: Scopes, seen: Scopes | None) -> Scopes:
    vocabulary = conf.settings().vocabulary
    new = frozenset() if seen is None else has - seen
    return frozenset(one for one in new if vocabulary.level_of(one) is not Level.OPEN)


@retried
def set_enabled(application: Application, is_enabled: bool, *, user: User) -> None:
    """Switch an application off or on. While it is off, none of its tokens and secrets work."""
    rows = Application.objects.filter(pk=application.pk, deleted_at=None)
    with atomic():
        if rows.filter(is_enabled=not is_enabled).update(is_enabled=is_enabled):
            events.record(
                SecurityEvent.Kind.APPLICATION_CHANGED,
                application=application,
                user=user,
                reason="enabled" if is_enabled else "disabled",
            )


def delete_application(application: Application, *, user: User) -> None:
    """Mark an application as deleted, for its developer."""
    mark_deleted(application, user=user)


def locked(application: Application) -> Application:
    """Return an application as it is now, locked until the transaction ends; DoesNotExist if deleted."""
    return Application.objects.select_for_update().get(
        pk=application.pk, owner=application.owner_id, deleted_at=None
    )
