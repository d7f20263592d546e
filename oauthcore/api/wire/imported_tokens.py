"""The schemes with which clients of other packages send their tokens: ``Token`` and ``Api-Key``."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils import timezone

from oauthcore import conf
from oauthcore.models.imports import live_sources
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.imports.sources import schemes_of
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire import bearer


def imported_token_in(request: HttpRequest) -> HiddenText | None:
    """Return the token of a header with the scheme of a package whose imported tokens are live, or None.

    Only imported tokens are sent like this: raises InvalidToken for a token of this site, which the scheme
    would not serve any more when the last imported one has ended.
    """
    named = conf.settings().IMPORTED_TOKENS
    if not named or not _may_have_one(request, schemes_of(named)):
        return None
    for scheme in schemes_of(live_sources(timezone.now())):
        text = bearer.token_in(request.META.get("HTTP_AUTHORIZATION"), scheme)
        if text is not None and conf.settings().secret_format.parse(text) is not None:
            raise InvalidToken(f"a token of this site was sent with the scheme {scheme}")
        if text is not None:
            return text
    return None


def _may_have_one(request: HttpRequest, schemes: Iterable[str]) -> bool:
    """Return whether the header begins like one of these schemes.

    The frame that asks the database must not have the header: error reports show what is in frames.
    """
    sent = request.META.get("HTTP_AUTHORIZATION", "").lstrip(" \t").lower()
    return any(sent.startswith(scheme.lower()) for scheme in schemes)
