"""Secrets of the test site, opened for assertions."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind


def parse(text: str) -> Secret:
    """Return the secret that a text is."""
    secret = conf.settings().secret_format.parse(HiddenText(text))
    assert secret is not None, "this is no secret of the test site"
    return secret


def random_of(secret: Secret) -> str:
    """Return the part of a secret that nobody can know: of a refresh token, both halves."""
    halves = 2 if secret.kind is SecretKind.REFRESH else 1
    return secret.reveal()[-43 * halves - 6 : -6]
