"""Tokens of Django REST framework's ``authtoken``: the table has the key in clear."""

from __future__ import annotations

import re

from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.sources import of_text

#: Keys have 40 hexadecimal digits; a subclass of the model may make others. Short ones could be guessed.
_KEY = re.compile(r"[!-~]{20,40}")


def stored_digest(key: str) -> bytes:
    """Return the digest of a key; raise LeftOut if no client can send it, or it is too short to be safe."""
    if not _KEY.fullmatch(key):
        raise LeftOut("its key is not 20 to 40 printable ASCII characters without spaces")
    return of_text(key)
