"""A password hash that is kept between two requests: encrypted, and bound to the person."""

from __future__ import annotations

import base64
from hashlib import sha256

from django.views.decorators.debug import sensitive_variables

from oauthcore.accounts import User
from oauthcore.models import encryption
from oauthcore.rules.text.hidden_text import HiddenText


@sensitive_variables()  # cryptography is given the hash in clear
def seal_hash(encoded: HiddenText, user: User) -> str:
    """Return the hash as text that ``open_hash`` reads, until the person changes their password."""
    return base64.b64encode(encryption.encrypt(encoded.reveal().encode(), owner=_owner(user))).decode()


def open_hash(sealed: str, user: User) -> HiddenText | None:
    """Return the hash, or None once the person's password was changed."""
    try:
        return HiddenText(encryption.decrypt(base64.b64decode(sealed), owner=_owner(user)).decode())
    except encryption.CannotDecrypt:
        return None


def _owner(user: User) -> str:
    return f"session hash of {user.pk} with {sha256(user.password.encode()).hexdigest()}"
