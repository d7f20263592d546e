"""Keys that were imported as slow hashes: the first use proves one, and gives its token a digest."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password

from oauthcore.flows.tokens.slow_hashes import count_hash
from oauthcore.limiter import Try
from oauthcore.models import ImportedHash, Token
from oauthcore.models.database import atomic, retried
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.imports.api_key import digest_of_prefix, digest_of_text
from oauthcore.rules.imports.foreign_secrets import ForeignSecret
from oauthcore.rules.imports.sources import API_KEY


def find_by_hash(secret: ForeignSecret) -> Token | None:
    """Return the token of a key that is used for the first time since its import, or None.

    A text with the form of a key costs one query. A guess at a known prefix is counted before its hash is
    computed, and the try of a right key is given back. Raises Throttled.
    """
    text = secret.text.reveal()
    prefix = digest_of_prefix(text) if API_KEY in secret.sources else None
    if prefix is None:
        return None
    digest = digest_of_text(text)
    # The second digest finds a key that another request has proved since the caller looked for it.
    rows = Token.objects.filter(digest__in=[prefix, digest])
    for token_id, stored, encoded in rows.values_list("pk", "digest", "imported_hash__encoded"):
        if stored == digest or (encoded and _prove(text, digest, token_id, encoded)):
            return Token.find_access(secret)
    return None


def _prove(text: str, digest: bytes, token_id: int, encoded: str) -> bool:
    counted = _count()
    if not check_password(text, encoded):
        return False
    _replace(token_id, digest)
    counted.give_back()
    return True


def _count() -> Try:
    """Count a try for all hashes together that the address has computed; raise Throttled."""
    counted = count_hash()
    if counted.wait is not None:
        raise Throttled("too many wrong keys", retry_after=counted.wait)
    return counted


@retried
def _replace(token_id: int, digest: bytes) -> None:
    """Give the token the digest of its key in place of the hash. Two first uses at once do the same."""
    with atomic():
        Token.objects.filter(pk=token_id).update(digest=digest)
        ImportedHash.objects.filter(pk=token_id).delete()
