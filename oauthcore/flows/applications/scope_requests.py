"""Scope requests: a developer asks for a scope that staff must approve, and staff approve or refuse."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application, ScopeRequest, SecurityEvent
from oauthcore.models.database import atomic, retried
from oauthcore.recording import events
from oauthcore.rules.oauth.scopes import Level

SHORTEST_REASON, LONGEST_REASON = 20, 2000

_State = ScopeRequest.State


@dataclass(frozen=True)
class ScopesOf:
    """The scopes of the site from the view of one application, each list in the order of the site.

    It is registered for the scopes in ``has``. Of the other scopes, its developer may take those in ``open``
    and ask for those in ``approval``. Only staff give those in ``staff``. ``requests`` are its requests, by
    scope.
    """

    has: list[str]
    open: list[str]
    approval: list[str]
    staff: list[str]
    requests: dict[str, ScopeRequest]


def scopes_of(application: Application) -> ScopesOf:
    """Return which scopes an application has, and how it could get the others."""
    vocabulary, has = conf.settings().vocabulary, frozenset(application.scopes)
    lacking = [name for name in vocabulary.words if not vocabulary.allows(has, name)]

    def of_level(level: Level) -> list[str]:
        return [name for name in lacking if vocabulary.level_of(name) is level]

    return ScopesOf(
        has=[*(name for name in vocabulary.words if name in has), *sorted(has - set(vocabulary.words))],
        open=of_level(Level.OPEN),
        approval=of_level(Level.APPROVAL),
        staff=of_level(Level.STAFF),
        requests={one.scope: one for one in ScopeRequest.objects.filter(application=application)},
    )


@retried
def ask(application: Application, *, scope: str, reason: str, user: User) -> ScopeRequest:
    """Ask staff for a scope for an application. This grants nothing yet.

    There is one request per scope. A refused scope may be requested again, and so may a scope that the
    application has given up. Raises ValidationError, which names the field, if the scope needs no approval,
    cannot be requested, is already there or already requested, or if the reason is too short or too long.
    Raises Application.DoesNotExist if the application has been deleted.
    """
    reason = reason.replace("\r\n", "\n").strip()
    asked, now = None, timezone.now()
    with atomic():
        # Lock the application: a decision at the same time is either visible here, or comes later.
        applications = Application.objects.filter(deleted_at=None)
        locked = applications.select_for_update().get(pk=application.pk)
        wrong = _problems(locked, scope=scope, reason=reason)
        if not wrong:
            asked = _note(locked, scope=scope, reason=reason, now=now)
        if asked is not None:
            kind, said = SecurityEvent.Kind.SCOPE_REQUESTED, f"scope: {scope}"
            events.record(kind, application=locked, user=user, reason=said, at=now)
    if asked is None:
        raise ValidationError(
            wrong or {"scope": _("You have already asked for this scope. Staff will decide.")}
        )
    return asked


@retried
def approve(asked: ScopeRequest, *, staff: User, answer: str = "") -> bool:
    """Give the application the requested scope; return whether this call decided.

    Returns False, and changes nothing, if somebody else has decided or the application was deleted.
    Raises ValidationError if the site no longer has the scope.
    """
    if asked.scope not in conf.settings().vocabulary:
        raise ValidationError(_("This site has no scope %(scope)s any more.") % {"scope": asked.scope})
    with atomic():
        application = _decide(asked, _State.APPROVED, staff=staff, answer=answer)
        if application is None:
            return False
        application.scopes = frozenset(application.scopes) | {asked.scope}
        application.save(update_fields=["scopes"])
        return True


@retried
def refuse(asked: ScopeRequest, *, staff: User, answer: str = "") -> bool:
    """Refuse a request, which may be made again; return whether this call decided, as ``approve`` does."""
    with atomic():
        return _decide(asked, _State.REFUSED, staff=staff, answer=answer) is not None


def _decide(
    asked: ScopeRequest, state: ScopeRequest.State, *, staff: User, answer: str
) -> Application | None:
    """Write a decision, unless there is one; return the locked application, or None."""
    now = timezone.now()
    application = Application.objects.select_for_update().get(pk=asked.application_id)
    waiting = ScopeRequest.objects.filter(pk=asked.pk, state=_State.WAITING)
    if application.deleted_at is not None or not waiting.update(
        state=state, decided_at=now, decided_by=staff, answer=answer
    ):
        return None
    kinds = {
        _State.APPROVED: SecurityEvent.Kind.SCOPE_APPROVED,
        _State.REFUSED: SecurityEvent.Kind.SCOPE_REFUSED,
    }
    events.record(kinds[state], application=application, user=staff, reason=f"scope: {asked.scope}", at=now)
    return application


def _note(application: Application, *, scope: str, reason: str, now: datetime) -> ScopeRequest | None:
    """Write a request down, anew or again; return None where one is waiting."""
    requests = ScopeRequest.objects
    asked, is_new = requests.get_or_create(
        application=application, scope=scope, defaults={"reason": reason, "created_at": now}
    )
    if is_new:
        return asked
    decided = requests.filter(pk=asked.pk).exclude(state=_State.WAITING)
    was_decided = decided.update(
        state=_State.WAITING, reason=reason, created_at=now, decided_at=None, decided_by=None, answer=""
    )
    if not was_decided:
        return None
    asked.refresh_from_db()
    return asked


def _problems(application: Application, *, scope: str, reason: str) -> dict[str, str]:
    found = {"scope": _scope_problem(application, scope), "reason": _reason_problem(reason)}
    return {name: text for name, text in found.items() if text}


def _scope_problem(application: Application, scope: str) -> str | None:
    vocabulary = conf.settings().vocabulary
    if scope not in vocabulary:
        return _("Choose one of the scopes that staff can approve.")
    if vocabulary.allows(frozenset(application.scopes), scope):
        return _("The application has this scope already.")
    level = vocabulary.level_of(scope)
    if level is Level.OPEN:
        return _("This scope needs no approval. Choose it in the settings of the application.")
    if level is Level.STAFF:
        return _("You cannot ask for this scope here. Only staff can give it.")
    return None


def _reason_problem(reason: str) -> str | None:
    if len(reason) < SHORTEST_REASON:
        return _("Write at least %(count)s characters. Staff read this to decide.") % {
            "count": SHORTEST_REASON
        }
    if len(reason) > LONGEST_REASON:
        return _("Write at most %(count)s characters. Your text has %(length)s.") % {
            "count": LONGEST_REASON,
            "length": len(reason),
        }
    return None
