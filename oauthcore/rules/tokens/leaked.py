"""Finding secrets in any text: the report of a scanner, a log, a file with one secret a line."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import JWT, Secret, SecretFormat, jwt_secret

#: Credentials of the Basic scheme, as they appear in logged headers (RFC 7617 §2).
_BASIC = re.compile(r"\bBasic\s+([A-Za-z0-9+/]{8,}={0,2})", re.IGNORECASE)
#: A line with only one long word may be a secret in an unknown format.
_FEWEST = 16


@dataclass(frozen=True)
class Candidate:
    """A part of a text that is a secret of this site, or may be one.

    ``secret`` is set if the secret is well formed. ``word`` is the whole line, if it is one word and nothing
    in it begins like our secrets. With neither, the part begins like our secrets, but is mistyped or cut.
    """

    secret: Secret | None = None
    word: HiddenText | None = None


def candidates(line: str, secret_format: SecretFormat) -> Iterator[Candidate]:
    """Yield the candidates of a line in their order. Credentials of the Basic scheme are decoded first.

    The text around a secret does not matter, because the checksum is not right by chance.
    """
    leads = re.compile("|".join(re.escape(lead) for lead in secret_format.leads.values()))
    found = [
        _at(text, match.start(), secret_format) for text in _readings(line) for match in leads.finditer(text)
    ]
    found += [jwt_secret(HiddenText(match[0])) for text in _readings(line) for match in JWT.finditer(text)]
    yield from (Candidate(secret) for secret in found)
    word = line.strip(" \t\r\n\"',;")
    if not found and len(word) >= _FEWEST and len(word.split()) == 1:
        yield Candidate(word=HiddenText(word))


def _at(text: str, start: int, secret_format: SecretFormat) -> Secret | None:
    return next(
        (
            secret
            for length in secret_format.lengths
            if (secret := secret_format.parse(HiddenText(text[start : start + length]))) is not None
        ),
        None,
    )


def _readings(line: str) -> Iterator[str]:
    yield line
    for match in _BASIC.finditer(line):
        try:
            yield unquote(b64decode(match[1], validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            continue
