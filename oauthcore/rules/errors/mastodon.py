"""The refusals of Mastodon's dialect, each with the code and status that the wire shows.

::

    OAuthError
    ├── ValidationFailed          422 Validation failed
    └── PersonRequired            422 This method requires an authenticated user

With status 422 Mastodon puts a text into ``error``, and its clients show that text to people.
"""

from __future__ import annotations

from collections.abc import Mapping

from oauthcore.rules.errors.oauth import OAuthError


class ValidationFailed(OAuthError):
    """The registration is not valid: ``details`` says for each field what is wrong and how to correct it."""

    error = "Validation failed"
    status = 422

    def __init__(self, details: Mapping[str, str] | None = None) -> None:
        self.details = dict(details or {})
        super().__init__(" ".join(self.details.values()))


class PersonRequired(OAuthError):
    """The token does not act for a person."""

    error = "This method requires an authenticated user"
    status = 422
    text = "Send the access token of a person, which an application got with an authorization code."
