"""Failpoints: places at which a request of the site under proof waits, raises, or kills its process.

A request names them in the header ``Proof-Failpoint``: ``after_consume=sleep:0.2``, several with commas.
Actions are ``sleep:SECONDS``, ``raise`` and ``kill`` (SIGKILL). They see SQL and commits only, so they hold
whatever the product calls its functions. Each point acts once in a request.
"""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Proof-Failpoint"
POINTS = ("after_consume", "after_mint", "before_commit", "after_commit", "before_response")

#: What uses something up: the UPDATE or INSERT whose row count decides.
CONSUMING = (
    ("UPDATE", "oauthcore_authorizationcode", "used_at"),
    ("UPDATE", "oauthcore_token", "turn"),
    ("UPDATE", "oauthcore_totpfactor", "last_step"),
    ("UPDATE", "oauthcore_recoverycode", "used_at"),
    ("UPDATE", "oauthcore_grant", "revoked_at"),
    ("UPDATE", "oauthcore_token", "revoked_at"),
    ("INSERT", "oauthcore_answeredpage", ""),
)
#: What makes something new because of it.
MINTING = (
    ("INSERT", "oauthcore_token", ""),
    ("INSERT", "oauthcore_authorizationcode", ""),
    ("INSERT", "oauthcore_securityevent", ""),
)
#: How a statement begins that does both: it uses something up, and stores what is made of it.
_BOTH = "WITH changed AS ("
#: What stands before each part of a statement that inserts rows of several tables together.
_PART = re.compile(r"(?:^WITH|,) row_\d+ AS \(")


class FailpointReached(Exception):
    """What the action ``raise`` raises."""


@dataclass
class Armed:
    """The failpoints of one request, and what it has done so far."""

    actions: dict[str, str]
    reached: set[str] = field(default_factory=set)
    has_changed: bool = False

    def reach(self, point: str) -> None:
        """Act, if this point is armed and was not reached before."""
        action = self.actions.get(point)
        if action is None or point in self.reached:
            return
        self.reached.add(point)
        name, _, value = action.partition(":")
        if name == "sleep":
            time.sleep(float(value))
        elif name == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        else:
            raise FailpointReached(point)


_armed: ContextVar[Armed | None] = ContextVar("proof_armed", default=None)


def parse(text: str) -> dict[str, str]:
    """Read ``point=action,point=action``. Raises ValueError for an unknown point or action."""
    actions = dict(one.strip().split("=", 1) for one in text.split(",") if one.strip())
    for point, action in actions.items():
        if point not in POINTS or action.partition(":")[0] not in ("sleep", "raise", "kill"):
            raise ValueError(f"there is no failpoint {point}={action}")
    return actions


class FailpointMiddleware:
    """Arms the failpoints that a request names."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and reach ``before_response`` when the answer is ready."""
        from proof import mutants

        armed = Armed(parse(request.headers.get(HEADER, "") or os.environ.get("PROOF_FAILPOINT", "")))
        token = _armed.set(armed)
        try:
            with mutants.chosen(
                request.headers.get(mutants.HEADER, "") or os.environ.get("PROOF_MUTANT", "")
            ):
                response = self.get_response(request)
            armed.reach("before_response")
            return response
        finally:
            _armed.reset(token)


def _after_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    armed = _armed.get()
    if armed is None or not armed.actions:
        return execute(sql, params, many, context)
    if sql.startswith(_BOTH):
        # Without a transaction around it there would be no moment before its commit.
        with transaction.atomic(using=context["connection"].alias):
            result = execute(sql, params, many, context)
            if context["cursor"].rowcount > 0 and _is_one_of(CONSUMING, sql.removeprefix(_BOTH)):
                armed.has_changed = True
                armed.reach("after_consume")
                armed.reach("after_mint")
        return result
    result = execute(sql, params, many, context)
    if context["cursor"].rowcount < 1:
        return result
    for point, statements in (("after_consume", CONSUMING), ("after_mint", MINTING)):
        if any(_is_one_of(statements, one) for one in _parts(sql)):
            armed.has_changed = True
            armed.reach(point)
    return result


def _parts(sql: str) -> list[str]:
    """Return the statements that one is made of; most are made of themselves alone."""
    return _PART.split(sql)[1:] if sql.startswith("WITH row_") else [sql]


def _is_one_of(statements: tuple[tuple[str, str, str], ...], sql: str) -> bool:
    """Return whether a statement begins with one of these verbs, for its table, and sets its column."""
    quoted = sql.split('"', 2)
    if len(quoted) < 3:
        return False
    verb, table, rest = quoted[0].split(" ", 1)[0].upper(), quoted[1], quoted[2].partition(" WHERE ")[0]
    return any(
        verb == a_verb and table == a_table and (not column or f'"{column}"' in rest)
        for a_verb, a_table, column in statements
    )


def _watch(sender: object, connection: BaseDatabaseWrapper, **_: object) -> None:
    if _after_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_after_statement)


def install() -> None:
    """Watch the statements of every connection, and every commit of a transaction that changed something."""
    connection_created.connect(_watch, dispatch_uid="proof.failpoints")
    commit = BaseDatabaseWrapper.commit

    def watched(self: BaseDatabaseWrapper) -> None:
        armed = _armed.get()
        is_watched = armed is not None and armed.has_changed
        if armed is not None and is_watched:
            armed.reach("before_commit")
        commit(self)
        if armed is not None and is_watched:
            armed.has_changed = False
            armed.reach("after_commit")

    BaseDatabaseWrapper.commit = watched  # type: ignore[method-assign]
