"""Requests that are sent again after a statement of theirs failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection

from oauthcore.models import Grant, LegacyUse, LimitWindow, Refusal, SecurityEvent, Usage
from tests.support.factories import register
from tests.support.oauth import OAuthClient, is_live, with_person
from tests.support.reference_site.factories import MembershipFactory


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of oauthcore, to be compared with itself later.

    An application's standing grant is opened before its first token and counts only once it holds one. Tries
    stay counted whatever comes of them, and counts in memory are written when they are due, in whatever
    request that happens to be.
    """
    found = {}
    with connection.cursor() as cursor:
        for name, (statement, values) in _statements().items():
            cursor.execute(statement, values)
            found[name] = sorted((tuple(map(_plain, row)) for row in cursor.fetchall()), key=repr)
    return found


@cache
def _statements() -> dict[str, tuple[str, tuple[Any, ...]]]:
    """Return what reads each table. Making it takes Django longer than the database takes to answer."""
    models = set(apps.get_app_config("oauthcore").get_models()) - {LegacyUse, LimitWindow, Refusal, Usage}
    return {
        model.__name__: _counted(model).values_list().query.sql_with_params()
        for model in models
        if not model._meta.proxy
    }


def _counted(model: Any) -> Any:
    if model is SecurityEvent:
        return model.objects.exclude(kind=SecurityEvent.Kind.REQUEST_REFUSED)
    return model.objects.exclude(kind=Grant.Kind.CLIENT, tokens=None) if model is Grant else model.objects


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@dataclass
class Attempt:
    """A request that can be sent again, and what is true once it has succeeded."""

    send: Callable[[], object]
    succeeded: Callable[[object], bool] = lambda response: response.status_code == 200


def code():
    oauth = with_person(user=MembershipFactory().user)
    text = oauth.code()
    return Attempt(lambda: oauth.redeem(text))


def refresh():
    oauth = with_person(user=MembershipFactory().user)
    text = oauth.tokens()["refresh_token"]
    return Attempt(lambda: oauth.refresh(text))


def client_credentials():
    oauth = OAuthClient(register())
    return Attempt(lambda: oauth.token(grant_type="client_credentials"))


def revoke():
    oauth = with_person(user=MembershipFactory().user)
    text = oauth.tokens()["access_token"]
    return _ending(oauth, text)


def revoke_own():
    oauth = OAuthClient(register())
    return _ending(oauth, oauth.token(grant_type="client_credentials").json()["access_token"])


def _ending(oauth, text):
    return Attempt(
        lambda: oauth.revoke(text), lambda response: response.status_code == 200 and not is_live(text)
    )


def replayed_code():
    oauth = with_person()
    text = oauth.code()
    tokens = oauth.redeem(text).json()
    return replay(lambda: oauth.redeem(text), tokens)


def replay(send, tokens):
    """A replay has succeeded when it was refused, ended the grant and left one event."""
    events = SecurityEvent.objects.count()
    return Attempt(
        send,
        lambda response: (
            response.status_code == 400
            and not is_live(tokens["access_token"])
            and SecurityEvent.objects.count() == events + 1
        ),
    )
