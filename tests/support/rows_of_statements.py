"""Rows for every compiled statement: with whatever their columns can hold, and with nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from oauthcore.models import (
    AuthorizationCode,
    ClientKey,
    ClientSecret,
    DeviceAuthorization,
    Grant,
    KnownAddress,
    LimitWindow,
    Token,
    TOTPFactor,
)
from tests.support.factories import UserFactory, open_grant, register

NOW = datetime(2030, 6, 15, 12, 0, 0, 123456, tzinfo=UTC)
ACCOUNT = UUID("00112233-4455-6677-8899-aabbccddeeff")
DIGESTS = [bytes([number]) * 32 for number in range(6)]


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
        "known address": KnownAddress.objects.create(digest=DIGESTS[0], last_at=NOW),
        "second factor": TOTPFactor.objects.create(
            user=full.user, seed=b"sealed", created_at=NOW, confirmed_at=NOW
        ),
        "grant": empty,
        "window": LimitWindow.objects.create(key=DIGESTS[0], count=2, ends_at=NOW),
        "application": application,
        "bare application": bare,
    }
