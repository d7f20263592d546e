"""An authenticator in software: what a security key and the browser around it say, good or otherwise."""

from __future__ import annotations

import json
import os
import struct
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor

ORIGIN = "https://testserver"

_PRESENT, _ATTESTED = 0x01, 0x40


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


class SecurityKey:
    """A key that makes one passkey. Keyword arguments change what it says, or what the browser says of it."""

    def __init__(self, *, counts: bool = True, credential_id: bytes | None = None) -> None:
        self.counter, self.counts = 0, counts
        self.id = os.urandom(32) if credential_id is None else credential_id
        self._private = ec.generate_private_key(ec.SECP256R1())

    @property
    def cose(self) -> dict[int, Any]:
        """Its public key: ECDSA with SHA-256 on P-256 (RFC 9053 §7.1.1)."""
        numbers = self._private.public_key().public_numbers()
        return {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}

    def register(self, options: dict[str, Any], **changes: Any) -> str:
        """Make a passkey, attestation ``none``, and return the browser's JSON."""
        return json.dumps(self.registration(options, **changes))

    def registration(
        self,
        options: dict[str, Any],
        *,
        flags: int = _PRESENT | _ATTESTED,
        rp_id: str = "",
        cose: Any = None,
        auth_data: Any = None,
        **client: Any,
    ) -> dict[str, Any]:
        """Make a passkey, and return what the browser says of it."""
        key = cbor.encode(self.cose if cose is None else cose)
        attested = bytes(16) + struct.pack(">H", len(self.id)) + self.id + key if flags & _ATTESTED else b""
        shown = self._auth_data(rp_id or options["rp"]["id"], flags, self.counter) + attested
        statement = {"fmt": "none", "attStmt": {}, "authData": shown if auth_data is None else auth_data}
        return self._answer(
            clientDataJSON=_client_data(
                {"type": "webauthn.create", "challenge": options["challenge"]}, client
            ),
            attestationObject=cbor.encode(statement),
        )

    def sign(self, options: dict[str, Any], **changes: Any) -> str:
        """Sign, and return the browser's JSON."""
        return json.dumps(self.assertion(options, **changes))

    def assertion(
        self,
        options: dict[str, Any],
        *,
        flags: int = _PRESENT,
        rp_id: str = "",
        counter: int | None = None,
        user_handle: bytes | None = None,
        signature: bytes | None = None,
        **client: Any,
    ) -> dict[str, Any]:
        """Sign, and return what the browser says of it."""
        self.counter += self.counts
        counter = self.counter if counter is None else counter
        auth_data = self._auth_data(rp_id or options["rpId"], flags, counter)
        data = _client_data({"type": "webauthn.get", "challenge": options["challenge"]}, client)
        signed = self._private.sign(auth_data + sha256(data).digest(), ec.ECDSA(SHA256()))
        handle = {} if user_handle is None else {"userHandle": user_handle}
        return self._answer(
            clientDataJSON=data,
            authenticatorData=auth_data,
            signature=signed if signature is None else signature,
            **handle,
        )

    def _auth_data(self, rp_id: str, flags: int, counter: int) -> bytes:
        return sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, counter)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        encoded = {name: base64url(value) for name, value in response.items()}
        return {
            "id": base64url(self.id),
            "rawId": base64url(self.id),
            "type": "public-key",
            "response": encoded,
            "clientExtensionResults": {},
            "authenticatorAttachment": "cross-platform",
        }


def _client_data(members: dict[str, Any], changes: dict[str, Any]) -> bytes:
    return json.dumps({**members, "origin": ORIGIN, "crossOrigin": False, **changes}).encode()
