"""The demo's companies: an identity provider that staff trust, and a partner with an initial access token."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from joserfc.jwk import ECKey

from oauthcore.flows.oauth.registration import initial_access_tokens
from oauthcore.models import InitialAccessToken, IssuerSubject, TrustedIssuer

#: The issuer, and the subject by which it knows a person of the demo.
ISSUER = "https://login.north-light.example"
SUBJECT = "ben@north-light.example"
_TOKEN = "Partner of North Light Studio"
_USES, _DAYS = 5, 30


@dataclass(frozen=True)
class Partners:
    """The private key of the identity provider and the initial access token, of this run."""

    private_jwk: Mapping[str, Any] = field(repr=False)
    initial_access_token: str = field(repr=False)


def install_partners(person: User, staff: User, *, now: datetime) -> Partners:
    """Make both, or reset them. Each gets a new secret, and its earlier secret stops working."""
    return Partners(_install_issuer(person), _install_token(staff, now))


def _install_issuer(person: User) -> Mapping[str, Any]:
    key = ECKey.generate_key("P-256", auto_kid=True)
    values = {
        "name": "North Light Studio’s logins",
        "jwks": json.dumps({"keys": [key.as_dict(private=False)]}),
        "jwks_uri": "",
        "is_enabled": True,
    }
    issuer, _ = TrustedIssuer.objects.update_or_create(issuer=ISSUER, defaults=values)
    IssuerSubject.objects.update_or_create(issuer=issuer, subject=SUBJECT, defaults={"user": person})
    return key.as_dict(private=True)


def _install_token(staff: User, now: datetime) -> str:
    InitialAccessToken.objects.filter(label=_TOKEN).delete()
    expires_at = now + timedelta(days=_DAYS)
    _, secret = initial_access_tokens.make(_TOKEN, uses=_USES, expires_at=expires_at, staff=staff)
    return secret.reveal()
