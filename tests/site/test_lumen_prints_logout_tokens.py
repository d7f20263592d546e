"""Which logout tokens Lumen Prints accepts (OpenID Connect Back-Channel Logout §2.6)."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest
import requests
from django.core.cache import cache
from joserfc import jwt
from joserfc.jwk import ECKey

from reference_site.lumen_prints.logout_tokens import BadLogoutToken, Ended, ProviderSilent, read, remember

pytestmark = pytest.mark.sqlite_only("no row decides what is shown here")

ISSUER = "https://lumen.example"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
OLD, NEW, STRANGE = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(3))


class Provider:
    """The shop's client of the provider. The provider has rotated its key since the shop last read it."""

    client_id = "lumen-prints"

    def __init__(self, *, is_down: bool = False, is_known: bool = True) -> None:
        self.is_down, self.asked = is_down, 0
        known = {"id_token_signing_alg_values_supported": ["ES256"], **_keys(OLD)}
        self.server_metadata: dict[str, Any] = known if is_known else {}

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        self.asked += 1
        if self.is_down:
            raise requests.ConnectionError("nobody answers")
        self.server_metadata.update(id_token_signing_alg_values_supported=["ES256"], **_keys(NEW))
        return self.server_metadata


def _keys(key: ECKey) -> dict[str, Any]:
    return {"jwks": {"keys": [key.as_dict(private=False)]}}


@pytest.fixture(autouse=True)
def nothing_remembered():
    """The shop has asked for no keys yet, and remembers no token."""
    cache.clear()


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


def test_a_valid_token_names_the_person_and_the_session():
    assert read(token(), Provider(), ISSUER) == Ended("somebody", "a-session")


def test_a_token_without_a_session_names_only_the_person():
    assert read(token(sid=None, aud=["lumen-prints"]), Provider(), ISSUER) == Ended("somebody", "")


def test_a_token_that_a_newer_key_signed_is_accepted():
    assert read(token(key=NEW), Provider(), ISSUER).sid == "a-session"


def test_a_token_works_once():
    sent = token()
    remember(read(sent, Provider(), ISSUER))

    with pytest.raises(BadLogoutToken, match="sent before"):
        read(sent, Provider(), ISSUER)
    remember(read(token(), Provider(), ISSUER))


def test_a_token_works_again_if_the_sessions_could_not_be_ended():
    sent = token()
    read(sent, Provider(), ISSUER)

    assert read(sent, Provider(), ISSUER).sid == "a-session"


def test_tokens_with_invented_keys_make_the_shop_ask_the_provider_once():
    provider = Provider()
    with pytest.raises(BadLogoutToken):
        read(token(key=STRANGE), provider, ISSUER)
    for _ in range(5):
        with pytest.raises(ProviderSilent):
            read(token(key=STRANGE), provider, ISSUER)

    assert provider.asked == 1
    assert read(token(key=NEW), provider, ISSUER).sid == "a-session"


def test_while_the_provider_is_down_a_token_cannot_be_checked():
    provider = Provider(is_down=True, is_known=False)
    for _ in range(3):
        with pytest.raises(ProviderSilent):
            read(token(), provider, ISSUER)

    assert provider.asked == 1


def test_the_shop_asks_for_the_keys_if_it_knows_none():
    assert read(token(key=NEW), Provider(is_known=False), ISSUER).sid == "a-session"


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
def test_a_wrong_token_is_refused(changed):
    """The values of ``iat`` and ``exp`` are seconds from now, so that each process names the test alike."""
    now = int(time.time())
    changed = {name: now + one if name in ("iat", "exp") and one else one for name, one in changed.items()}
    changed |= {"key": STRANGE} if "key" in changed else {}

    with pytest.raises(BadLogoutToken):
        read(token(**changed), Provider(), ISSUER)


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_text_that_is_not_a_signed_token_is_refused(text):
    with pytest.raises(BadLogoutToken):
        read(text, Provider(), ISSUER)
