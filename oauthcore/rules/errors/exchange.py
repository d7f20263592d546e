"""The refusals of token exchange (RFC 8693 §2.2.2).

::

    OAuthError
    └── InvalidRequest
        └── InvalidSubjectToken   400 invalid_request
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import InvalidRequest


class InvalidSubjectToken(InvalidRequest):
    """The subject token is unknown, not live, or of a kind that cannot be exchanged. The log says which."""

    text = "The subject token is invalid, expired or revoked, or it cannot be exchanged."
