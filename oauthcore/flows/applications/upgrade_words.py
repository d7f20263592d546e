"""The texts about an upgrade to OAuth 2.1, for an application's developer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from oauthcore.models import LegacySwitch, LegacyUse

Habit = LegacyUse.Habit

#: How to correct each kind of legacy use before the upgrade.
REMEDIES: dict[Habit, Any] = {
    Habit.NO_PKCE: _(
        "Send code_challenge and code_challenge_method=S256 when you ask for a code, and code_verifier when "
        "you redeem it. Most OAuth libraries do both once PKCE is switched on."
    ),
    Habit.PLAIN_PKCE: _(
        "Send code_challenge_method=S256, and as code_challenge the base64url SHA-256 of the verifier, not "
        "the verifier itself."
    ),
    Habit.IMPLICIT: _(
        "Ask for a code (response_type=code) with PKCE, and redeem it at the token endpoint: a script in a "
        "browser may call it too."
    ),
    Habit.PATH_PREFIX: _(
        "Register this redirect URI as it is sent, character by character, or carry in state what changes."
    ),
    Habit.OUT_OF_BAND: _(
        "Register an address of your own. A program on people’s devices listens on http://127.0.0.1, on any "
        "port, or has a scheme of its own such as com.example.app:/callback."
    ),
    Habit.QUERY_TOKEN: _("Send the token in the Authorization header: Bearer, a space, the token."),
    Habit.GET_CREDENTIALS: _("Ask for client credentials by POST, with the parameters in the body."),
}

#: What changes without a switch.
WITHOUT_SWITCH: dict[LegacySwitch, Any] = {
    LegacySwitch.OPTIONAL_PKCE: _("Every request for a code needs PKCE with S256."),
    LegacySwitch.PATH_PREFIX: _("A redirect URI has to be a registered one, character by character."),
    LegacySwitch.QUERY_TOKEN: _("An access token in the address is refused."),
    LegacySwitch.GET_CREDENTIALS: _("Client credentials are given by POST only."),
}
WITHOUT_IMPLICIT = _("The implicit grant is taken out of its grant types.")
WITHOUT_OUT_OF_BAND = _("urn:ietf:wg:oauth:2.0:oob is taken out of its redirect URIs.")

ONLY_OUT_OF_BAND = _(
    "Its only redirect URI is urn:ietf:wg:oauth:2.0:oob, which OAuth 2.1 does not have. Register an address "
    "of your own first."
)
ONLY_IMPLICIT = _(
    "The implicit grant is its only way to get tokens, and OAuth 2.1 does not have it. Register it for "
    "authorization codes first."
)
REFUSED_SCHEMES = _(
    "OAuth 2.1 refuses these schemes of its redirect URIs: %(schemes)s. Register addresses such as "
    "com.example.app:/callback in their place first, or ask the staff of the site to list the schemes in "
    "REDIRECT_SCHEMES."
)
