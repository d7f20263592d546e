"""Which logout tokens Lumen Prints believes (OpenID Connect Back-Channel Logout §2.6)."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from reference_site.lumen_prints.logout_tokens import BadLogoutToken, Ended, read

pytestmark = pytest.mark.sqlite_only("no row decides what is shown here")

ISSUER = "https://lumen.example"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLD, NEW, STRANGE = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(3))


class Provider:
    """What the shop asks its client of the provider, which has rotated its key since the shop last looked."""

    client_id = "lumen-prints"

    def load_server_metadata(self) -> dict[str, Any]:
        return {"id_token_signing_alg_values_supported": ["ES256"]}

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        return {"keys": [(NEW if force else OLD).as_dict(private=False)]}


def token(*, key: ECKey = OLD, typ: str = "logout+jwt", **changed: Any) -> str:
    """Return a logout token with some claims changed; None leaves a claim out."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "lumen-prints",
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid4()),
        "sub": "somebody",
        "sid": "a-session",
        "events": {EVENT: {}},
        **changed,
    }
    header = {"alg": "ES256", "kid": key.kid, "typ": typ}
    return jwt.encode(header, {name: one for name, one in claims.items() if one is not None}, key)


def test_a_good_one_names_the_person_and_the_session():
    assert read(token(), Provider(), ISSUER) == Ended("somebody", "a-session")


def test_one_without_a_session_names_the_person_alone():
    assert read(token(sid=None, aud=["lumen-prints"]), Provider(), ISSUER) == Ended("somebody", "")


def test_one_signed_with_a_newer_key_is_believed():
    assert read(token(key=NEW), Provider(), ISSUER).sid == "a-session"


def test_it_works_once():
    sent = token()
    read(sent, Provider(), ISSUER)

    with pytest.raises(BadLogoutToken, match="sent before"):
        read(sent, Provider(), ISSUER)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "another-shop"},
        {"aud": None},
        {"iat": None},
        {"iat": 3600},
        {"exp": -3600},
        {"exp": None},
        {"jti": None},
        {"sub": None, "sid": None},
        {"sid": 7},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: "yes"}},
        {"events": [EVENT]},
        {"nonce": "of an id token"},
        {"typ": "JWT"},
        {"key": "strange"},
    ],
)
def test_one_that_is_wrong_ends_nothing(changed):
    """The values of ``iat`` and ``exp`` are seconds from now, so that each process names the test alike."""
    now = int(time.time())
    changed = {name: now + one if name in ("iat", "exp") and one else one for name, one in changed.items()}
    changed |= {"key": STRANGE} if "key" in changed else {}

    with pytest.raises(BadLogoutToken):
        read(token(**changed), Provider(), ISSUER)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_what_is_no_signed_token_ends_nothing(text):
    with pytest.raises(BadLogoutToken):
        read(text, Provider(), ISSUER)
