"""Legacy applications, for tests of what they do and of their upgrade."""

from __future__ import annotations

from typing import Any

from oauthcore.models import Application, GrantType, LegacySwitch, LegacyUse
from oauthcore.recording import legacy_use
from oauthcore.rules.oauth.redirect_uris import OUT_OF_BAND
from tests.support.factories import REDIRECT_URI, register


def register_legacy(**values: Any) -> Application:
    """Register a legacy application as ``register`` does."""
    return register(profile="oauth2.0", **values).application


def register_with_everything(**values: Any) -> Application:
    """Register a legacy application with everything that an upgrade takes away."""
    return register_legacy(
        legacy_switches=list(LegacySwitch),
        grant_types=list(GrantType),
        redirect_uris=[REDIRECT_URI, OUT_OF_BAND],
        **values,
    )


def note(
    application: Application, habit: LegacyUse.Habit = LegacyUse.Habit.NO_PKCE, example: str = REDIRECT_URI
) -> None:
    """Note that an application has a habit, as the flows do."""
    legacy_use.note(application, habit, example=example)
