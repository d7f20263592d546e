"""WebAuthn with the package ``fido2``. No other module imports it.

``fido2`` is the extra ``webauthn``. It is imported in functions, so a site without passkeys does not need it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from oauthcore.rules.jose import ed25519
from oauthcore.rules.sign_in.passkeys import PasskeyRefused, Problem, RelyingParty

if TYPE_CHECKING:
    from fido2.cose import CoseKey
    from fido2.server import Fido2Server

#: Ed25519, ECDSA with SHA-256, and RSA with SHA-256. Every authenticator supports one of them.
_EDDSA = -8
_ALGORITHMS = (_EDDSA, -7, -257)
#: The label of the point in a COSE key (RFC 9053 §7.2).
_X = -2
_LONGEST_ID = 1_023  # bytes (WebAuthn §6.5.1)
#: How long the browser waits for the person.
_MILLISECONDS = 120_000

# fido2 parses JSON and CBOR itself, and lets many kinds of exceptions through.
_UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError),
    *(NotImplementedError, UnsupportedAlgorithm, struct.error),
)


@dataclass(frozen=True)
class Person:
    """The person of a new passkey: a handle without personal data, and the name that authenticators show."""

    handle: bytes
    name: str


@dataclass(frozen=True)
class Credential:
    """A passkey: its ID, the data that is needed to check its signatures, and its counter."""

    id: bytes
    data: bytes
    sign_count: int


@dataclass(frozen=True)
class Assertion:
    """A signature of a passkey: which of the known ones, its counter, and the user handle that it names."""

    credential: bytes
    sign_count: int
    user_handle: bytes | None


def is_installed() -> bool:
    """Return whether ``fido2`` is installed."""
    return find_spec("fido2") is not None


def creation_options(
    party: RelyingParty, site: str, person: Person, *, known: Sequence[bytes]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options for a browser to make a passkey, and the state to keep until it answers.

    An authenticator that holds one of the ``known`` passkeys refuses. Attestation is not requested, because
    the site treats all makes of authenticators alike.
    """
    from fido2.webauthn import PublicKeyCredentialUserEntity, ResidentKeyRequirement

    options, state = _server(party, site).register_begin(
        PublicKeyCredentialUserEntity(id=person.handle, name=person.name, display_name=person.name),
        credentials=_read(known),
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=_DISCOURAGED,
    )
    return dict(options)["publicKey"], state


def verify_registration(party: RelyingParty, state: Any, answer: dict[str, Any]) -> Credential:
    """Return the passkey that a browser made; raise PasskeyRefused (WebAuthn §7.1)."""
    from fido2 import cbor
    from fido2.utils import websafe_decode

    with _one_refusal():
        attested: Any = cbor.decode(websafe_decode(answer["response"]["attestationObject"]))
        if not isinstance(attested["authData"], bytes):  # bytes(number) would make that many zeros
            raise TypeError("authData is not bytes")
        shown = _server(party).register_complete(state, answer)
        data = shown.credential_data
        if data is None or not 0 < len(data.credential_id) <= _LONGEST_ID:
            raise ValueError("the credential ID is empty or too long")
        _require_usable(data.public_key)
        return Credential(data.credential_id, bytes(data), shown.counter)


def request_options(party: RelyingParty, *, known: Sequence[bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options for signing with a known passkey, and the state to keep until the answer."""
    options, state = _server(party).authenticate_begin(_read(known), user_verification=_DISCOURAGED)
    return dict(options)["publicKey"], state


def verify_assertion(
    party: RelyingParty, state: Any, answer: dict[str, Any], *, known: Sequence[bytes]
) -> Assertion:
    """Return the checked signature of a known passkey; raise PasskeyRefused (WebAuthn §7.2)."""
    from fido2.webauthn import AuthenticationResponse

    with _one_refusal():
        signed_by = _server(party).authenticate_complete(state, _read(known), answer)
        response = AuthenticationResponse.from_dict(answer).response
        return Assertion(bytes(signed_by), response.authenticator_data.counter, response.user_handle)


# The passkey is the second factor, because the password was checked before. With "preferred", a key with a
# PIN would refuse without the PIN.
_DISCOURAGED: Any = "discouraged"


def _server(party: RelyingParty, site: str = "") -> Fido2Server:
    from fido2.server import Fido2Server
    from fido2.webauthn import (
        PublicKeyCredentialParameters,
        PublicKeyCredentialRpEntity,
        PublicKeyCredentialType,
    )

    entity = PublicKeyCredentialRpEntity(id=party.id, name=site or party.id)
    # Without this check fido2 accepts pages of any port and subdomain.
    server: Any = Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)
    server.timeout = _MILLISECONDS
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=one) for one in _ALGORITHMS
    ]
    checked: Fido2Server = server
    return checked


def _read(known: Sequence[bytes]) -> list[Any]:
    from fido2.webauthn import AttestedCredentialData

    return [AttestedCredentialData(one) for one in known]


def _require_usable(key: CoseKey) -> None:
    """Refuse a key that cannot check signatures. A usable key raises InvalidSignature for a wrong one.

    An unusable key raises other exceptions. Without this check that would first happen at a login. A point of
    Ed25519 with which anybody can sign is refused too.
    """
    if key.get(3) == _EDDSA and ed25519.is_unsafe(key[_X]):
        raise ValueError("anybody can sign with this key")
    with suppress(InvalidSignature):
        if key.get(3) in _ALGORITHMS:
            key.verify(b"", b"")
        raise ValueError("nothing can be checked with this key")


@contextmanager
def _one_refusal() -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        # These messages are fido2's own. Messages of other exceptions may repeat what was sent.
        reason = str(error) if type(error) is ValueError else type(error).__name__
        raise PasskeyRefused(Problem.NOT_VALID, f"the answer was refused: {reason}") from None
