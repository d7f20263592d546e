"""The refusals of Mastodon's dialect, each with the code and status that the wire shows.

::

    OAuthError
    ├── ValidationFailed          422 Validation failed
    └── PersonRequired            422 This method requires an authenticated user

What Mastodon answers with 422 has a text in ``error``, and its clients show that text to people.
"""

from __future__ import annotations

from collections.abc import Mapping

from oauthcore.rules.errors.oauth import OAuthError


class ValidationFailed(OAuthError):
    """A registration that cannot stand: ``details`` says for each field what is wrong and how to mend it."""

    error = "Validation failed"
    status = 422

    def __init__(self, details: Mapping[str, str] | None = None) -> None:
        self.details = dict(details or {})
        super().__init__(" ".join(self.details.values()))


class PersonRequired(OAuthError):
    """The token stands for no person."""

    error = "This method requires an authenticated user"
    status = 422
    text = "Send the access token of a person, which an application got with an authorization code."
