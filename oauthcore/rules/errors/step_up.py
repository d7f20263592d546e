"""The refusals of step-up, each with the code and status that the wire shows (RFC 9470).

::

    OAuthError
    ├── InsufficientUserAuthentication   401 insufficient_user_authentication  RFC 9470 §3
    └── UnmetAuthenticationRequirements  400 unmet_authentication_requirements RFC 9470 §5
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import OAuthError


class InsufficientUserAuthentication(OAuthError):
    """The token is live, but the person logged in too long ago, or with too few factors."""

    error = "insufficient_user_authentication"
    status = 401
    text = "The person has to log in again for this. Send max_age and acr_values to the authorize page."

    def __init__(
        self, reason: str = "", *, max_age: int | None = None, acr_values: str | None = None
    ) -> None:
        super().__init__(reason)
        self.max_age = max_age
        self.acr_values = acr_values


class UnmetAuthenticationRequirements(OAuthError):
    """The application wants a second factor, but the person has none."""

    error = "unmet_authentication_requirements"
    status = 400
    text = "The person cannot log in as acr_values asks."
