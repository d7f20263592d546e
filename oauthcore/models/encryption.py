"""Encryption of secrets that must be read again: TOTP seeds, signing keys. Each is bound to its owner."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings as django_settings
from django.utils.encoding import force_bytes

from oauthcore import conf


class CannotDecrypt(Exception):
    """No key of the settings decrypts it, or it belongs to the row of another owner."""


def encrypt(plain: bytes, *, owner: str) -> bytes:
    """Return the bytes, encrypted with the first key and bound to the owner."""
    return _keys().encrypt(_bound(owner) + plain)


def decrypt(encrypted: bytes, *, owner: str) -> bytes:
    """Return the decrypted bytes of the owner, with any of the keys; raise CannotDecrypt."""
    try:
        opened = _keys().decrypt(encrypted)
    except InvalidToken:
        raise CannotDecrypt("no key in SECOND_FACTOR_KEYS opens this") from None
    if not opened.startswith(_bound(owner)):
        raise CannotDecrypt("this was encrypted for another row")
    return opened.removeprefix(_bound(owner))


def is_current(encrypted: bytes) -> bool:
    """Return whether it was encrypted with the first key."""
    try:
        _fernets()[0].decrypt(encrypted)
    except InvalidToken:
        return False
    return True


def _bound(owner: str) -> bytes:
    return owner.encode() + b"\x00"


def _keys() -> MultiFernet:
    return MultiFernet(_fernets())


def _fernets() -> list[Fernet]:
    own = conf.settings().SECOND_FACTOR_KEYS
    texts: Sequence[str | bytes] = own or (
        django_settings.SECRET_KEY,
        *django_settings.SECRET_KEY_FALLBACKS,
    )
    return [Fernet(_derived(text)) for text in texts]


def _derived(text: str | bytes) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oauthcore second factor")
    return base64.urlsafe_b64encode(derive.derive(force_bytes(text)))
