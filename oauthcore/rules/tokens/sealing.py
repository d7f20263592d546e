"""Sealing: a text is encrypted, so that only the holder of another secret can read it.

The key is derived from that secret, and the database stores only its digest. So a dump of the database does
not decrypt anything, even together with every key of the site.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret

_NONCE = 12


def seal(text: HiddenText, *, opened_by: Secret) -> bytes:
    """Return the text encrypted with a key that is derived from the secret."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(opened_by).encrypt(nonce, text.reveal().encode(), None)


def unseal(sealed: bytes, *, opened_by: Secret) -> HiddenText | None:
    """Return the text that was sealed, or None if this secret does not open it."""
    try:
        return HiddenText(_cipher(opened_by).decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode())
    except InvalidTag:
        return None


def _cipher(secret: Secret) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"oauthcore sealed successor")
    return AESGCM(derive.derive(secret.reveal().encode()))
