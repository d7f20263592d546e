"""The texts of imported tokens, as secrets: they are looked up like those of this site.

An access token is found by its base digest. A refresh token has no halves of which one stays, so both are
derived from its base digest: the first half of the chain that it opens here, and its turn. Its successor is a
refresh token of this site with that first half. So the chain stays one row, and a used text of the other
package is a replay like any other.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256

from oauthcore.rules.imports.simplejwt import LONGEST_TOKEN, jti_digest
from oauthcore.rules.imports.sources import base_digests, of_text
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, digest_of


def may_be_foreign(text: HiddenText) -> bool:
    """Return whether a text may be a token of another package: not long, and of characters of a header.

    A text with NUL could spell what ``purpose_digest`` digests, and so stand for a digest or a ``jti``.
    """
    clear = text.reveal()
    return len(clear) <= LONGEST_TOKEN and clear.isascii() and clear.isprintable()


def first_half_of(base: bytes) -> str:
    """Return the first half of the refresh tokens that follow an imported one."""
    half = sha256(b"oauthcore imported refresh token " + base).digest()
    return urlsafe_b64encode(half).decode().rstrip("=")


def chain_digest(base: bytes) -> bytes:
    """Return the digest that finds the chain of an imported refresh token."""
    return digest_of(first_half_of(base))


def spent_turn(base: bytes) -> bytes:
    """Return the turn of a chain whose refresh token was used at the other package: no text has it."""
    return sha256(b"oauthcore spent refresh token " + base).digest()


@dataclass(frozen=True)
class ForeignSecret(Secret):
    """A text that may be an imported token of one of these sources. Only its row says what it is."""

    sources: tuple[str, ...] = ()

    @cached_property
    def digests(self) -> tuple[bytes, ...]:
        """The digests that can find its row: as an access token, and as a refresh token."""
        return (*base_digests(self.text.reveal(), self.sources), self.digest)

    @cached_property
    def digest(self) -> bytes:
        """The digest that finds its chain, if it is a refresh token."""
        return chain_digest(self.turn)

    @cached_property
    def turn(self) -> bytes:
        """The turn of its chain at the import, where the package stores the text of refresh tokens."""
        return of_text(self.text.reveal())

    @property
    def first_half(self) -> HiddenText:
        """The half that stays, of the refresh tokens that follow it."""
        return HiddenText(first_half_of(self.turn))


@dataclass(frozen=True)
class SignedSecret(ForeignSecret):
    """A refresh token of SimpleJWT, whose signature is right. Its ``jti`` finds its row."""

    jti: str = field(default="", repr=False)

    @cached_property
    def turn(self) -> bytes:
        """The turn of its chain at the import."""
        return jti_digest(self.jti)
