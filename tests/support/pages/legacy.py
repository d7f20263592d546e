"""Applications of the legacy profile, which have the switches that a test gives them and no others."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from oauthcore.models import LegacySwitch, Profile
from tests.support.factories import EVERY_GRANT_TYPE, REDIRECT_URI, Registered, register
from tests.support.oauth import VERIFIER, OAuthClient

IMPLICIT = "implicit"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
TOKEN = {"response_type": "token", "code_challenge": None, "code_challenge_method": None}
SHOWN: dict[str, Any] = {"redirect_uri": OUT_OF_BAND}
BELOW = f"{REDIRECT_URI}/below"

#: Changes to a good request of today that only a legacy application may make, and what gives it leave.
WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no PKCE": (
        {"code_challenge": None, "code_challenge_method": None},
        {"legacy_switches": [LegacySwitch.OPTIONAL_PKCE]},
    ),
    "plain PKCE": (
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"legacy_switches": [LegacySwitch.OPTIONAL_PKCE]},
    ),
    "plain PKCE by saying nothing": (
        {"code_challenge": VERIFIER, "code_challenge_method": None},
        {"legacy_switches": [LegacySwitch.OPTIONAL_PKCE]},
    ),
    "implicit": ({"response_type": "token"}, {"grant_types": [*EVERY_GRANT_TYPE, IMPLICIT]}),
    "a path below": ({"redirect_uri": BELOW}, {"legacy_switches": [LegacySwitch.PATH_PREFIX]}),
    "out of band": ({"redirect_uri": OUT_OF_BAND}, {"redirect_uris": [REDIRECT_URI, OUT_OF_BAND]}),
}


def register_legacy(*switches: LegacySwitch, **values: Any) -> Registered:
    """Register a legacy application with these switches alone."""
    return register(**{"profile": Profile.OAUTH_2_0, "legacy_switches": list(switches), **values})


def register_implicit(**values: Any) -> Registered:
    """Register a legacy application that may ask for tokens at the authorize page."""
    return register_legacy(**{"grant_types": [*EVERY_GRANT_TYPE, IMPLICIT], **values})


def at_browser_of(oauth: OAuthClient, registered: Registered) -> OAuthClient:
    """Return another application at the same browser."""
    return OAuthClient(registered, oauth.browser)


def fragment_of(response: Any) -> dict[str, str]:
    """Return what a redirect carries in its fragment, having made sure that its query carries nothing."""
    assert response.status_code == 302, response.content
    parts = urlsplit(response["Location"])
    assert "access_token" not in parts.query
    assert "error" not in parts.query
    told = parse_qsl(parts.fragment, strict_parsing=True)
    assert len(dict(told)) == len(told), "a parameter came twice"
    return dict(told)


def code_on(page: Any) -> str:
    """Return the code as a person reads it off the page."""
    assert page.status_code == 200, page.content
    (found,) = re.findall(r"<output[^>]*>([^<]*)</output>", page.content.decode())
    return str(found)
