"""Ending sessions at applications when something ends here, and writing the logout tokens about it.

Every act that ends sessions calls one of these functions in its own transaction. They write deliveries, which
are sent after the commit (``flows.logout.deliveries``). Without ``OPENID_CONNECT`` they do nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_out
from django.db import models, transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application, Grant, LogoutDelivery, RelyingPartySession, UsedIdentifier
from oauthcore.models.database import DATABASE_IS_DOWN, atomic, primary, retried
from oauthcore.models.liveness import unexpired
from oauthcore.models.subjects import subject_of
from oauthcore.recording.login_sessions import BROWSER_SESSION, browser_session_of

logger = logging.getLogger("oauthcore")

#: Set after a commit that has written deliveries.
written = Event()

#: How long an ended browser session is remembered. It is longer than any request.
_REMEMBERED = timedelta(minutes=10)


@receiver(user_logged_out, dispatch_uid="oauthcore.logged_out")
def note_logout(request: HttpRequest | None, user: User | None, **_: Any) -> None:
    """End the sessions at applications that began in a browser session, when its person logs out.

    A person can log out even if the database does not answer.
    """
    if user is None or request is None or not hasattr(request, "session"):
        return
    try:
        end_of_browser(request)
    except DATABASE_IS_DOWN:
        logger.exception("applications are not told of a logout")


def watch_users(model: Any) -> None:
    """End all sessions of a person at applications who gets a new password, or is deactivated."""
    post_save.connect(_note_saved_user, sender=model, dispatch_uid="oauthcore.user_saved")


def _note_saved_user(instance: Any, created: bool, **_: Any) -> None:
    # Django keeps a new password in ``_password`` until it is saved, but not while it rehashes the old one.
    is_new_password = getattr(instance, "_password", None) is not None
    if not created and (is_new_password or not getattr(instance, "is_active", True)):
        end_of_user(instance)


def end_of_browser(request: HttpRequest) -> None:
    """End the sessions at applications that began in the browser session of a request.

    A request of another tab may approve at this moment, and does not know that the browser session has ended.
    So each looks for the other after its own commit: here for new sessions, there for the end
    (``end_if_late``). Whichever commits last finds the other.
    """
    if not conf.settings().OPENID_CONNECT or BROWSER_SESSION not in request.session:
        return
    browser, now = browser_session_of(request), timezone.now()
    UsedIdentifier.use(browser, expires_at=now + _REMEMBERED, now=now)
    begun = RelyingPartySession.objects.in_browser(browser)
    _end(begun)
    transaction.on_commit(partial(_end, begun), using=primary(), robust=True)


def end_if_late(browser: bytes) -> None:
    """End the sessions at applications of a browser session if it has ended already.

    Call it after the commit of an approval with which a session began.
    """
    if UsedIdentifier.objects.filter(digest=browser).exists():
        _end(RelyingPartySession.objects.in_browser(browser))


def end_of_other_browsers(user: User, *, but: bytes) -> None:
    """End the sessions of a person at applications, except those of one browser session."""
    if conf.settings().OPENID_CONNECT:
        _end(RelyingPartySession.objects.filter(user=user.pk).exclude(browser=but))


def end_of_user(user: User) -> None:
    """End all sessions of a person at applications."""
    if conf.settings().OPENID_CONNECT:
        _end(
            RelyingPartySession.objects.filter(user=user.pk),
            grants=Grant.objects.filter(user=user.pk, revoked_at=None),
        )


def end_of_application(user: User, application: Application, grants: models.QuerySet[Grant]) -> None:
    """End the sessions of a person at one application, whose ``grants`` end now."""
    if conf.settings().OPENID_CONNECT:
        _end(RelyingPartySession.objects.filter(user=user.pk, application=application), grants=grants)


def end_of_applications(user: User, grants: models.QuerySet[Grant]) -> None:
    """End the sessions of a person at all applications, whose ``grants`` end now."""
    if conf.settings().OPENID_CONNECT:
        _end(RelyingPartySession.objects.filter(user=user.pk), grants=grants)


def may_belong_to(grant: Grant) -> bool:
    """Return whether a grant may belong to a session at an application."""
    return grant.application_id is not None and conf.settings().is_openid(grant.scopes)


def end_of_grant(grant: Grant) -> None:
    """End the session at an application to which a grant belongs.

    A grant without session, such as that of a television, ends all sessions of the person there.
    """
    if not may_belong_to(grant):
        return
    if grant.sid is None:
        _end(RelyingPartySession.objects.none(), grants=Grant.objects.filter(pk=grant.pk))
    else:
        _end(RelyingPartySession.objects.filter(sid=grant.sid))


@retried
def _end(
    sessions: models.QuerySet[RelyingPartySession], *, grants: models.QuerySet[Grant] | None = None
) -> None:
    """End these sessions. Write a delivery for each, and for each subject of the grants without session."""
    now = timezone.now()
    with atomic():
        ended = list(sessions.select_for_update().order_by("pk"))
        RelyingPartySession.objects.filter(pk__in=[one.pk for one in ended]).delete()
        told = Application.objects.exclude(backchannel_logout_uri="").in_bulk(
            {one.application_id for one in ended}
        )
        deliveries = [
            LogoutDelivery.of(told[one.application_id], subject=one.subject, sid=one.sid, now=now)
            for one in ended
            if one.application_id in told
        ]
        deliveries += [] if grants is None else _of_grants(grants, now)
        if deliveries:
            LogoutDelivery.objects.bulk_create(deliveries)
            transaction.on_commit(written.set, using=primary())


def _of_grants(grants: models.QuerySet[Grant], now: datetime) -> Iterable[LogoutDelivery]:
    """Return deliveries for OpenID grants that belong to no session, one for each subject.

    Such a delivery ends all sessions of the person. So none is needed if the application has been told since
    the last of these grants began: rows of ended grants are found again at the next new password, and each
    time an inactive user is saved.
    """
    rows = grants.filter(unexpired(now), sid=None, claims__isnull=False)
    rows = rows.exclude(application__backchannel_logout_uri="")
    found = {
        (one.application_id, subject_of(one)): one
        for one in rows.select_related("application", "user").order_by("created_at", "pk")
        if conf.settings().is_openid(one.scopes)
    }
    told_at = _told_at(found) if found else {}
    return [
        LogoutDelivery.of(one.application, subject=subject, sid=None, now=now)
        for (number, subject), one in found.items()
        if one.application is not None and told_at.get((number, subject), one.created_at) <= one.created_at
    ]


def _told_at(of: Collection[tuple[int | None, UUID]]) -> Mapping[tuple[int | None, UUID], datetime]:
    """Return when each application was last told of a subject without session, or is about to be told."""
    numbers, subjects = {number for number, _subject in of}, {subject for _number, subject in of}
    told = LogoutDelivery.objects.filter(
        application__in=numbers, subject__in=subjects, sid=None, given_up_at=None
    )
    rows = told.order_by().values_list("application_id", "subject").annotate(at=models.Max("created_at"))
    return {(number, subject): at for number, subject, at in rows}
