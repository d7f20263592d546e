"""The secrets this server makes: their form, their checksum, their digest.

The format is ``<prefix>_<word>_<random><checksum>``. The prefix belongs to the site. The word says what the
secret is for; for service tokens it is the environment: ``live``. The random part is 256 bits in base64url.
The checksum is the CRC-32 of all before it, in six base62 digits. So a mistyped secret is refused without a
query, an error can name a secret of the wrong kind, and secret scanners find leaks. A refresh token has two
random halves. The first finds its row as long as the chain lives. The second changes with each turn.

An access token can be a JWT instead. Its digest finds its row too, so a JWT that somebody else has signed or
changed is never found.
"""

from __future__ import annotations

import re
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from oauthcore.rules.text.hidden_text import ClearText, HiddenText

_RANDOM = 43  # characters that 32 bytes take in base64url
_CHECKSUM = 6
_FIRST_HALF = slice(-2 * _RANDOM - _CHECKSUM, -_RANDOM - _CHECKSUM)
_SECOND_HALF = slice(-_RANDOM - _CHECKSUM, -_CHECKSUM)
_TELLING = 12  # with so many characters after the lead, a text is not an ordinary word
_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TWO_DIGITS = [high + low for high in _BASE62 for low in _BASE62]
_RANDOM_CHARACTERS = frozenset(_BASE62 + "-_")

#: The most characters of an access token: servers refuse headers of more than 8 KiB, cookies included.
LONGEST_TOKEN = 4096
#: A whole JWT with ES256: header and claims are JSON objects, the signature has 64 bytes.
JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}(?![A-Za-z0-9_-])")
#: A text that begins like a JWT: whole, mistyped, cut, or with any signature.
_LIKE_A_JWT = rf"eyJ[A-Za-z0-9_-]{{{_TELLING},}}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"


class SecretKind(StrEnum):
    """What a secret is for. The value is its word on the wire, except for service tokens."""

    ACCESS = "access"
    REFRESH = "refresh"
    CODE = "code"
    CLIENT_SECRET = "secret"
    SERVICE = "service"
    MFA = "mfa"
    INITIAL_ACCESS = "initial"
    REGISTRATION = "register"
    DEVICE_CODE = "devicecode"


_REFRESH = SecretKind.REFRESH  # named once: in Python 3.11 a member of an Enum is slow to find


def digest_of(text: str) -> bytes:
    """Return the digest that is stored in place of a secret: SHA-256, which is enough for 256 random bits."""
    return sha256(text.encode()).digest()


@dataclass(frozen=True)
class Secret:
    """A secret of this site: its kind and its text."""

    kind: SecretKind
    text: HiddenText

    def reveal(self) -> ClearText:
        """Return it in clear, for the one answer that contains it."""
        return self.text.reveal()

    @property  # digesting takes less than keeping, which locks in Python 3.11
    def digest(self) -> bytes:
        """The digest that finds the row. For a refresh token it is the digest of the first half."""
        text = self.text.reveal()
        return digest_of(text[_FIRST_HALF] if self.kind is _REFRESH else text)

    @property
    def turn(self) -> bytes:
        """The digest of a refresh token's second half, which identifies the turn of its chain."""
        return digest_of(self.text.reveal()[_SECOND_HALF])

    @property
    def first_half(self) -> HiddenText:
        """The half of a refresh token that stays as long as its chain lives."""
        return HiddenText(self.text.reveal()[_FIRST_HALF])

    @property
    def second_half(self) -> HiddenText:
        """The half of a refresh token that changes with each turn."""
        return HiddenText(self.text.reveal()[_SECOND_HALF])

    @property
    def hint(self) -> str:
        """Its last four characters, which pages may show."""
        return self.text.reveal()[-4:]

    def __str__(self) -> str:
        return f"{self.kind} secret"


@dataclass(frozen=True)
class SecretFormat:
    """The format of a site's secrets: its prefix, and the environment in service tokens.

    ``has_jwts`` says that access tokens may be JWTs.
    """

    prefix: str
    environment: str
    has_jwts: bool = False

    def _lead(self, kind: SecretKind) -> str:
        word = self.environment if kind is SecretKind.SERVICE else kind.value
        return f"{self.prefix}_{word}_"

    @cached_property
    def leads(self) -> Mapping[SecretKind, str]:
        """What each kind begins with."""
        return {kind: self._lead(kind) for kind in SecretKind}

    @cached_property
    def _shapes(self) -> tuple[tuple[SecretKind, str, int], ...]:
        """Each kind with what it begins with, and the length of its random part."""
        return tuple((kind, lead, _halves(kind) * _RANDOM) for kind, lead in self.leads.items())

    @cached_property
    def lengths(self) -> frozenset[int]:
        """The lengths of secrets of this site, in characters."""
        return frozenset(len(lead) + random + _CHECKSUM for _, lead, random in self._shapes)

    def make(self, kind: SecretKind) -> Secret:
        """Make a new secret of 256 random bits from the operating system (twice that for a refresh token)."""
        return self._complete(kind, "".join(secrets.token_urlsafe(32) for _ in range(_halves(kind))))

    def next_turn(self, spent: Secret, second_half: HiddenText | None = None) -> Secret:
        """Make the successor of a refresh token: the same first half, and a new or the given second half."""
        half = secrets.token_urlsafe(32) if second_half is None else second_half.reveal()
        return self._complete(SecretKind.REFRESH, spent.first_half.reveal() + half)

    def _complete(self, kind: SecretKind, random: str) -> Secret:
        body = self.leads[kind] + random
        return Secret(kind, HiddenText(body + checksum(body)))

    def is_in(self, text: str) -> bool:
        """Return whether a text contains a secret of this site, also mistyped or cut, or any JWT."""
        return any(lead in text for lead in self.leads.values()) or re.search(_LIKE_A_JWT, text) is not None

    @cached_property
    def telling(self) -> re.Pattern[str]:
        """What a secret of this site looks like, also a mistyped or cut one, and what any JWT looks like."""
        leads = "|".join(map(re.escape, self.leads.values()))
        return re.compile(f"(?:{leads})[A-Za-z0-9_-]{{{_TELLING},}}|{_LIKE_A_JWT}")

    def hidden_in(self, text: str) -> str:
        """Return a text with a star in place of each secret of this site, also mistyped or cut ones.

        Every JWT is replaced too, because applications authenticate with JWTs.
        """
        return self.telling.sub("*", text) if self.prefix in text or "eyJ" in text else text

    def parse(self, text: HiddenText) -> Secret | None:
        """Return the secret, or None if the text is mistyped, cut or not of this site."""
        clear = text.reveal()
        for kind, lead, length in self._shapes:
            if clear.startswith(lead):
                random, shown = clear[len(lead) : -_CHECKSUM], clear[-_CHECKSUM:]
                if len(random) == length and _RANDOM_CHARACTERS.issuperset(random):
                    return Secret(kind, text) if checksum(clear[:-_CHECKSUM]) == shown else None
        is_jwt = self.has_jwts and len(clear) <= LONGEST_TOKEN and JWT.fullmatch(clear)
        return jwt_secret(text) if is_jwt else None


def jwt_secret(text: HiddenText) -> Secret:
    """Return the access token that a JWT is."""
    return Secret(SecretKind.ACCESS, text)


def _halves(kind: SecretKind) -> int:
    return 2 if kind is _REFRESH else 1


def checksum(body: str) -> str:
    """Return six base62 digits of the body's CRC-32. It finds typing errors; it does not prevent forgery."""
    rest, low = divmod(zlib.crc32(body.encode()), len(_TWO_DIGITS))
    high, middle = divmod(rest, len(_TWO_DIGITS))
    return _TWO_DIGITS[high] + _TWO_DIGITS[middle] + _TWO_DIGITS[low]
