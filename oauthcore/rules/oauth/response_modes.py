"""Response modes: how an answer of the authorize page reaches the application.

OAuth 2.0 Multiple Response Type Encoding Practices §2.1, OAuth 2.0 Form Post Response Mode.
"""

from __future__ import annotations

from enum import StrEnum

from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND, private_use_scheme


class ResponseMode(StrEnum):
    """Where the parameters of an answer are."""

    QUERY = "query"
    FRAGMENT = "fragment"
    FORM_POST = "form_post"


def choices(redirect_uri: str, *, is_implicit: bool) -> tuple[ResponseMode, ...]:
    """Return the response modes that a redirect URI allows, the default first.

    An access token is sent in the fragment only. A code that is shown on a page has no other mode. A browser
    cannot post a form to an app, so a private-use scheme has no ``form_post``.
    """
    if is_implicit:
        return (ResponseMode.FRAGMENT,)
    if redirect_uri == OUT_OF_BAND:
        return (ResponseMode.QUERY,)
    if private_use_scheme(redirect_uri):
        return (ResponseMode.QUERY, ResponseMode.FRAGMENT)
    return tuple(ResponseMode)


def chosen(asked: str | None, offered: tuple[ResponseMode, ...]) -> ResponseMode:
    """Return the requested mode if it is offered, otherwise the default."""
    return next((mode for mode in offered if mode.value == asked), offered[0])
