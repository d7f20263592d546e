"""A relying party: it signs people in with the site, and checks id tokens itself, as a library would.

No JOSE library checks the signatures, because the site signs with one.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.utils import timezone

from tests.support.factories import PASSWORD, Registered, UserFactory, register
from tests.support.oauth import OAuthClient, answer, post, ticked_on

ISSUER = "https://testserver"
DISCOVERY = "/.well-known/openid-configuration"
USERINFO = "/oauth/userinfo"
LOGOUT = "/oauth/logout"
NONCE = "n-0S6_WzA2Mj"
SCOPES = ["openid", "profile", "email", "read"]
#: The scopes of an application that wants to know name and e-mail address.
PERSONAL = "openid profile email"


class RelyingParty(OAuthClient):
    """An application that asks for ``openid``, or for another ``scope`` that a test gives it."""

    def __init__(
        self, registered: Registered, browser: Client | None = None, *, scope: str = "openid"
    ) -> None:
        super().__init__(registered, browser)
        self.scope = scope

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of a good authentication request; a change to None leaves one out."""
        return super().parameters(**{"scope": self.scope, "nonce": NONCE, **changes})

    def sign_in(self, **changes: Any) -> SignedIn:
        """Sign in, and return the result."""
        redeemed = self.redeem(self.code(**changes))
        assert redeemed.status_code == 200, redeemed.content
        return SignedIn(self, redeemed.json())

    def silently(self, **changes: Any) -> dict[str, str]:
        """Ask with ``prompt=none`` and return what the redirect carries."""
        return answer(self.authorize(**{"prompt": "none", **changes}))


#: Registers an application at a browser where somebody is logged in.
SignIn = Callable[..., RelyingParty]


class SignedIn:
    """The answer of the token endpoint, whose id token is checked at once, and what it leads to."""

    def __init__(self, party: RelyingParty, answered: dict[str, Any]) -> None:
        self.party = party
        self.answered = answered
        self.access_token: str = answered["access_token"]
        self.id_token: str = answered["id_token"]
        self.claims = verified_id_token(
            self.id_token, client_id=party.registered.client_id, access_token=self.access_token
        )

    def userinfo(self) -> dict[str, Any]:
        """Return the answer of the userinfo endpoint."""
        answered = userinfo(self.access_token)
        assert answered.status_code == 200, answered.content
        found: dict[str, Any] = answered.json()
        return found


def relying_party(registered: Registered | None = None, user: Any = None, **values: Any) -> RelyingParty:
    """Return a relying party at whose browser a person is logged in, with a real login."""
    party = RelyingParty(registered or register(**{"scopes": SCOPES, **values}), Client())
    party.browser.force_login(user or somebody())
    return party


def somebody(**values: Any) -> Any:
    """Return a person with a name."""
    return UserFactory(**{"first_name": "Ada", "last_name": "Lindqvist", **values})


def userinfo(access_token: str) -> Any:
    """Ask the userinfo endpoint, as nearly every library does."""
    return Client().get(USERINFO, headers={"authorization": f"Bearer {access_token}"})


def userinfo_by_form(access_token: str) -> Any:
    """Ask the userinfo endpoint with the token in a form (RFC 6750 §2.2)."""
    return post(USERINFO, {"access_token": access_token})


def configuration() -> dict[str, Any]:
    """Return the discovery document."""
    found: dict[str, Any] = Client().get(DISCOVERY).json()
    return found


def header_of(jwt: str) -> dict[str, Any]:
    """Return the header of a JWT, unverified."""
    return _document(jwt.split(".", maxsplit=1)[0])


def claims_of(jwt: str) -> dict[str, Any]:
    """Return the claims of a JWT, unverified."""
    return _document(jwt.split(".")[1])


def verified_id_token(
    text: str, *, client_id: str, access_token: str | None = None, algorithm: str | None = None
) -> dict[str, Any]:
    """Return the claims of an id token; raise AssertionError or InvalidSignature if it is not good."""
    header, claims = header_of(text), verified_jwt(text)
    assert header.get("typ", "JWT") == "JWT", "a library may refuse another type"
    assert algorithm is None or header["alg"] == algorithm
    assert claims["iss"] == ISSUER
    assert claims["aud"] in (client_id, [client_id])
    assert claims.get("azp", client_id) == client_id
    assert claims["iat"] <= timezone.now().timestamp() + 1
    assert claims["exp"] > timezone.now().timestamp(), "it has expired"
    assert isinstance(claims["sub"], str)
    assert 0 < len(claims["sub"]) <= 255
    assert claims["sub"].isascii()
    if "at_hash" in claims and access_token is not None:
        digest = hashlib.sha256(access_token.encode()).digest()
        assert claims["at_hash"] == base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
    return claims


def verified_jwt(text: str) -> dict[str, Any]:
    """Return the claims of a JWT that a key of the key set has signed."""
    header = header_of(text)
    keys = Client().get("/oauth/jwks").json()["keys"]
    [key] = [one for one in keys if one["kid"] == header["kid"]]
    assert key.get("alg", header["alg"]) == header["alg"]
    signed, _, signature = text.rpartition(".")
    raw = _decoded(signature)
    if header["alg"] == "RS256":
        n, e = _number(key["n"]), _number(key["e"])
        rsa.RSAPublicNumbers(e, n).public_key().verify(raw, signed.encode(), padding.PKCS1v15(), SHA256())
    else:
        assert header["alg"] == "ES256"
        point = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1())
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        point.public_key().verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(SHA256()))
    return claims_of(text)


def unsigned(jwt: str, **changes: Any) -> str:
    """Return the same claims, some of them changed, with ``alg`` none and no signature."""
    return f"{_encoded({'alg': 'none'})}.{_encoded(claims_of(jwt) | changes)}."


def tampered(jwt: str, **changes: Any) -> str:
    """Return a JWT with changed claims and the old signature."""
    header, _, signature = jwt.split(".")
    return f"{header}.{_encoded(claims_of(jwt) | changes)}.{signature}"


def _encoded(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def _document(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_decoded(part))
    return found


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "==")


def _number(part: str) -> int:
    return int.from_bytes(_decoded(part), "big")


def log_in(browser: Client, address: str = "/login", *, user: Any) -> str:
    """Log in with the password at a login page; return where it leads to."""
    led = browser.post(address, {"username": user.get_username(), "password": PASSWORD})
    assert led.status_code == 302, led.content
    return str(led["Location"])


def allow(browser: Client, page: Any) -> Any:
    """Approve all that a consent page asks."""
    fields = {"transaction": page.context["transaction"], "decision": "approve", **ticked_on(page)}
    return browser.post(page.context["form_action"], fields)


def is_login(response: Any) -> bool:
    """Tell whether an answer leads to the login page."""
    return bool(response.status_code == 302 and urlsplit(response["Location"]).path == "/login")
