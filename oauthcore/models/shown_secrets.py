"""Reading the text of a token that somebody shows: one of this site, or one that was imported."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import timezone

from oauthcore import conf
from oauthcore.conf.other_packages import simplejwt_signing
from oauthcore.models.imports import live_sources
from oauthcore.rules.imports import simplejwt
from oauthcore.rules.imports.foreign_secrets import ForeignSecret, SignedSecret, may_be_foreign
from oauthcore.rules.imports.purposes import LeftOut
from oauthcore.rules.imports.sources import SIMPLEJWT
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind

#: What imported tokens are. No package's codes and secrets of other kinds are imported.
_IMPORTED = (SecretKind.ACCESS, SecretKind.REFRESH)


def shown_secret(text: HiddenText, kind: SecretKind = SecretKind.ACCESS) -> Secret | None:
    """Return the secret that a text is, or None if it is mistyped, cut or not of this site.

    While an imported token is live, each other text may be one. It is taken for the ``kind`` that the caller
    asks for; the row says what it is.
    """
    settings = conf.settings()
    secret = settings.secret_format.parse(text)
    if not settings.IMPORTED_TOKENS or kind not in _IMPORTED or _is_ours(secret, kind):
        return secret
    if any(map(text.startswith, settings.secret_format.leads.values())):
        return None  # it is mistyped or cut
    if not may_be_foreign(text):
        return None
    sources = live_sources(timezone.now())
    if SIMPLEJWT in sources and text.startswith("eyJ"):
        return _signed(text, kind, sources)
    return ForeignSecret(kind, text, sources) if sources else None


def _signed(text: HiddenText, kind: SecretKind, sources: tuple[str, ...]) -> ForeignSecret:
    """Return the refresh token that SimpleJWT has signed, or a text that finds no row of it."""
    try:
        found = simplejwt.read(text.reveal(), simplejwt_signing(), now=datetime.now(UTC))
    except LeftOut:
        return ForeignSecret(kind, text, sources)
    return SignedSecret(kind, text, sources, found.jti)


def _is_ours(secret: Secret | None, kind: SecretKind) -> bool:
    """Return whether a text is a secret of this site. A JWT that is wanted as a refresh token is not."""
    is_jwt = secret is not None and kind is SecretKind.REFRESH and secret.text.startswith("eyJ")
    return secret is not None and not is_jwt
