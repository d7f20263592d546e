"""Every compiled statement of the package, the rows it is run on, and the values it is run with."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

import oauthcore
from oauthcore.models import (
    AuthorizationCode,
    ClientKey,
    ClientSecret,
    DeviceAuthorization,
    Grant,
    LimitWindow,
    Token,
    token_statements,
)
from oauthcore.models.limit_windows import MOST_KEYS
from tests.support.factories import UserFactory, open_grant, register

NOW = datetime(2030, 6, 15, 12, 0, 0, 123456, tzinfo=UTC)
ACCOUNT = UUID("00112233-4455-6677-8899-aabbccddeeff")
DIGESTS = [bytes([number]) * 32 for number in range(6)]


def compiled(kind: type) -> dict[str, Any]:
    """Return the statements of that kind in all of the package: "module.name" → statement."""
    found: dict[str, Any] = {}
    for module in pkgutil.walk_packages(oauthcore.__path__, "oauthcore."):
        if ".migrations" not in module.name:
            names = vars(importlib.import_module(module.name)).items()
            found |= {f"{module.name}.{name}": one for name, one in names if isinstance(one, kind)}
    return found


def fill_tables() -> dict[str, Any]:
    """Fill the tables: with whatever a column can hold, with nothing where it may hold nothing."""
    application = register(
        website="https://printer.example",
        owner=UserFactory(),
        access_token_lifetime=60,
        default_scopes=["read"],
    ).application
    application.client_secrets.update(expires_at=NOW)
    ClientSecret.objects.create(application=application, encoded="md5$salt$hash")
    ClientKey.objects.create(application=application, thumbprint=DIGESTS[0], name="key", jwk="{}")
    limits = {"allowed_networks": ["10.0.0.0/8", "::1"], "max_request_bytes": 2**40}
    full = open_grant(
        application=application,
        user=UserFactory(first_name="Ada", last_login=NOW),
        account_uuid=ACCOUNT,
        label="Ada's printer",
        scopes=["read", "api.images.read"],
        created_at=NOW,
        expires_at=NOW + timedelta(days=90),
        revoked_at=NOW,
        revoked_reason="because",
        authenticated_at=NOW,
        acr="mfa",
        amr=["pwd", "otp", "mfa"],
        claims={"userinfo": ["email"], "id_token": []},
        pairwise_subject=ACCOUNT,
        sid=ACCOUNT,
        **limits,
    )
    bare = register(client_type="public", grant_types=["authorization_code"], scopes=["read"]).application
    standing = Grant.standing(application)
    service = Grant.objects.create(kind="service", account_uuid=ACCOUNT, allowed_networks=[])
    empty = open_grant(application=bare, scopes=[])
    device, new_device = (Grant.new_session(user=UserFactory(), label=one, now=NOW) for one in ("Phone", ""))
    device.save()
    new_device.save()
    common = {"created_at": NOW, "expires_at": NOW + timedelta(seconds=60)}
    waits = {**common, "interval": 5, "next_poll_at": NOW}
    return {
        "full": Token.objects.create(
            kind="refresh",
            grant=full,
            digest=DIGESTS[0],
            turn=DIGESTS[1],
            previous=DIGESTS[2],
            turned_at=NOW,
            hint="abcd",
            scopes=["read"],
            account_uuid=ACCOUNT,
            revoked_at=NOW,
            resource="https://api.example",
            key_thumbprint=DIGESTS[3],
            **common,
        ),
        "empty": Token.objects.create(kind="refresh", grant=empty, digest=DIGESTS[1], turn=DIGESTS[1]),
        "device": Token.objects.create(
            kind="refresh",
            grant=device,
            digest=DIGESTS[4],
            turn=DIGESTS[1],
            previous=DIGESTS[2],
            turned_at=NOW,
            **common,
        ),
        "new device": Token.objects.create(
            kind="refresh", grant=new_device, digest=b"d" * 32, turn=b"t" * 32
        ),
        "application's own": Token.objects.create(kind="access", grant=standing, digest=DIGESTS[2], **common),
        "service": Token.objects.create(kind="access", grant=service, digest=DIGESTS[3]),
        "code": AuthorizationCode.objects.create(
            grant=full,
            digest=DIGESTS[0],
            redirect_uri="https://a.example/cb",
            nonce="n",
            used_at=NOW,
            **common,
        ),
        "empty code": AuthorizationCode.objects.create(grant=empty, digest=DIGESTS[1], **common),
        "approved": DeviceAuthorization.objects.create(
            application=application,
            digest=DIGESTS[0],
            user_code_digest=DIGESTS[0],
            scopes=["read"],
            resources=["https://api.example"],
            address="2001:db8::1",
            grant=full,
            **waits,
        ),
        "unanswered": DeviceAuthorization.objects.create(
            application=bare, digest=DIGESTS[1], user_code_digest=DIGESTS[1], **waits
        ),
        "window": LimitWindow.objects.create(key=DIGESTS[0], count=2, ends_at=NOW),
        "application": application,
        "bare application": bare,
    }


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
