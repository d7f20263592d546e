"""Every compiled statement of the package, and the values it is run with."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

import oauthcore
from oauthcore.models import Token, token_statements
from oauthcore.models.limit_windows import MOST_KEYS
from tests.support.rows_of_statements import DIGESTS, NOW


def compiled(kind: type) -> dict[str, Any]:
    """Return the statements of that kind in all of the package: "module.name" → statement."""
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(oauthcore.__path__, "oauthcore."):
        if ".migrations" not in module.name:
            names = vars(importlib.import_module(module.name)).items()
            found |= {f"{module.name}.{name}": one for name, one in names if isinstance(one, kind)}
    return found


_NO_KEYS = {f"key_{number}": DIGESTS[5] for number in range(MOST_KEYS)}


def _by_digest(*names: str, of_application: bool = False) -> dict[str, Any]:
    """Return the calls of a statement that finds these rows by their digest, and by whose they are."""

    def call(rows: dict[str, Any], name: str) -> dict[str, Any]:
        owner = {"application": rows[name].grant.application_id} if of_application else {}
        return {"digest": rows[name].digest, **owner}

    return {name: partial(call, name=name) for name in names}


def _turned(token: Token) -> dict[str, Any]:
    values = {"id": token.pk, "shown": token.turn, "next": DIGESTS[5]}
    successor = None if token.previous is None else b"sealed"
    return values | {"successor": successor, "turned_at": NOW + timedelta(seconds=1)}


#: How each statement is called: from the rows, its parameters; one that finds nothing is added for each.
CALLS: dict[str, dict[str, Any]] = {
    "oauthcore.models.token_statements.FIND": _by_digest("full", "empty", "application's own", "service"),
    "oauthcore.models.token_statements.FIND_ACCESS": _by_digest("full", "application's own", "service"),
    "oauthcore.models.token_statements.FIND_ACCESS_AND_LOGIN": _by_digest(
        "full", "application's own", "service"
    ),
    "oauthcore.models.token_statements.FIND_ACCESS_AND_CLAIMS": _by_digest(
        "full", "application's own", "service"
    ),
    "oauthcore.models.token_statements.FIND_OF": _by_digest("full", "empty", of_application=True),
    "oauthcore.models.token_statements.FIND_OF_DEVICE": _by_digest("device", "new device"),
    "oauthcore.models.token_statements.FIND_IMPORTED": {
        name: lambda rows, name=name: {
            f"digest_{number}": rows[name].digest if number == 3 else DIGESTS[5]
            for number in range(token_statements.MOST_DIGESTS)
        }
        for name in ("full", "empty", "application's own", "service")
    },
    "oauthcore.models.token_statements.FIND_IMPORTED_OF": _by_digest("full", "empty", of_application=True),
    "oauthcore.models.token_statements.FIND_IMPORTED_OF_DEVICE": _by_digest("device", "new device"),
    "oauthcore.models.codes._FIND_OF": _by_digest("code", "empty code", of_application=True),
    "oauthcore.flows.oauth.client_authentication._BY_CLIENT_ID": {
        name: lambda rows, name=name: {"client_id": rows[name].client_id}
        for name in ("application", "bare application")
    },
    "oauthcore.flows.oauth.client_authentication._FOR_ITSELF": {
        name: lambda rows, name=name: {"client_id": rows[name].client_id}
        for name in ("application", "bare application")
    },
    "oauthcore.flows.oauth.client_authentication._BY_NUMBER": {
        name: lambda rows, name=name: {"id": rows[name].pk} for name in ("application", "bare application")
    },
    "oauthcore.flows.oauth.client_authentication._KEYS": {
        name: lambda rows, name=name: {"client_id": rows[name].client_id}
        for name in ("application", "bare application")
    },
    "oauthcore.flows.oauth.client_authentication._KEYS_FOR_ITSELF": {
        name: lambda rows, name=name: {"client_id": rows[name].client_id}
        for name in ("application", "bare application")
    },
    "oauthcore.models.token_statements.TURN": {
        name: lambda rows, name=name: _turned(rows[name]) for name in ("full", "empty")
    },
    "oauthcore.models.token_statements.TURN_IMPORTED": {
        "full": lambda rows: {**_turned(rows["full"]), "expires_at": NOW + timedelta(days=1)},
        "empty": lambda rows: {**_turned(rows["empty"]), "expires_at": None},
    },
    "oauthcore.models.grant_statements.REVOKE": {
        "grant": lambda rows: {
            "id": rows["grant"].pk,
            "revoked_at": NOW,
            "revoked_reason": "because",
        }
    },
    "oauthcore.models.token_statements.REVOKE": {
        name: lambda rows, name=name: {"id": rows[name].pk, "revoked_at": NOW}
        for name in ("empty", "service")
    },
    "oauthcore.models.codes._USE": {
        name: lambda rows, name=name: {"id": rows[name].pk, "used_at": NOW} for name in ("code", "empty code")
    },
    "oauthcore.models.device_authorizations._FIND_OF": {
        name: lambda rows, name=name: {
            "digest": rows[name].digest,
            "application": rows[name].application_id,
        }
        for name in ("approved", "unanswered")
    },
    "oauthcore.models.device_authorizations._POLL": {
        name: lambda rows, name=name: {
            "id": rows[name].pk,
            "now": NOW,
            "next_poll_at": NOW + timedelta(seconds=5),
        }
        for name in ("approved", "unanswered")
    },
    "oauthcore.models.device_authorizations._USE": {
        "approved": lambda rows: {
            "id": rows["approved"].pk,
            "now": NOW,
            "used_at": NOW,
            "next_poll_at": NOW + timedelta(seconds=5),
        }
    },
    "oauthcore.models.known_addresses._IS_KNOWN": {
        "known address": lambda rows: {
            "digest": rows["known address"].digest,
            "since": NOW - timedelta(microseconds=1),
        }
    },
    "oauthcore.models.second_factors._OF": {
        "second factor": lambda rows: {"user": rows["second factor"].user_id}
    },
    "oauthcore.models.opened_sessions._BESIDE": {
        "device": lambda rows: {"user": rows["device"].grant.user_id, "beside": rows["empty"].grant_id}
    },
    "oauthcore.models.limit_windows._FIND": {
        "window": lambda rows: {**_NO_KEYS, f"key_{MOST_KEYS - 1}": rows["window"].key}
    },
    "oauthcore.models.limit_windows._COUNT_ON": {
        "window": lambda rows: {"id": rows["window"].pk, "as_read": NOW, "most": 3}
    },
    "oauthcore.models.limit_windows._BEGIN": {
        "window": lambda rows: {"id": rows["window"].pk, "as_read": NOW, "ends_at": NOW + timedelta(hours=1)}
    },
}
#: Values under which nothing is there.
NOTHING = {
    "user": -1,
    **{f"digest_{number}": DIGESTS[5] for number in range(token_statements.MOST_DIGESTS)},
    "digest": DIGESTS[5],
    **_NO_KEYS,
    "client_id": "nobody",
    "id": -1,
}


def calls_of(kind: type) -> list[Any]:
    """Return (statement, call) for each call of each statement of that kind."""
    return [
        pytest.param(name, call, id=f"{name.removeprefix('oauthcore.')}: {call}")
        for name in compiled(kind)
        for call in CALLS.get(name, {})
    ]
