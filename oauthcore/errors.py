"""The refusals that a site may meet, and may raise in views that the exception handler answers.

``error`` is the stable code, ``description`` the text for programs, ``status`` the HTTP status.
"""

from oauthcore.rules.errors.oauth import OAuthError, TemporarilyUnavailable, Throttled
from oauthcore.rules.errors.resources import InsufficientScope

__all__ = ["InsufficientScope", "OAuthError", "TemporarilyUnavailable", "Throttled"]
