"""The key set that this site publishes (RFC 7517 §5): what others verify its JWTs with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from oauthcore import conf
from oauthcore.models import signing
from oauthcore.rules.errors.sign_in import NotFound

#: ``max-age`` in seconds. A key is published for longer than that before it signs.
HELD_FOR = 3600


@dataclass(frozen=True)
class KeySet:
    """The document and its ETag."""

    document: bytes
    etag: str


def key_set() -> KeySet:
    """Return the public keys of this site. Raises NotFound if the site signs nothing."""
    if not conf.settings().signs_tokens:
        raise NotFound("this site signs no tokens")
    keys = [dict(one) for one in signing.key_ring().published]
    document = json.dumps({"keys": keys}, separators=(",", ":")).encode()
    return KeySet(document, f'"{sha256(document).hexdigest()[:32]}"')
