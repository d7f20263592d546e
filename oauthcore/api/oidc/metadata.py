"""What metadata documents say about OpenID Connect (OpenID Connect Discovery §3, RFC 8414 §2)."""

from __future__ import annotations

from typing import Any

from oauthcore import conf
from oauthcore.addresses import absolute
from oauthcore.outgoing import connecting
from oauthcore.rules.oauth.step_up import STRENGTHS
from oauthcore.rules.oidc.id_tokens import CLAIMS


def openid_members() -> dict[str, Any]:
    """Return the members about OpenID Connect, or none if it is switched off."""
    settings = conf.settings()
    if not settings.OPENID_CONNECT:
        return {}
    return {
        "userinfo_endpoint": absolute("userinfo"),
        "end_session_endpoint": absolute("logout"),
        **_back_channel_logout(),
        "subject_types_supported": ["public", *(["pairwise"] if settings.PAIRWISE_SALT else [])],
        "id_token_signing_alg_values_supported": list(settings.signing_algorithms),
        "acr_values_supported": [*STRENGTHS],
        "claim_types_supported": ["normal"],
        "claims_supported": [*CLAIMS, *sorted(settings.claims.offered)],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def _back_channel_logout() -> dict[str, Any]:
    """Return the members of Back-Channel Logout §2.1, or none if the package that sends is missing."""
    if not connecting.is_possible():
        return {}
    return {"backchannel_logout_supported": True, "backchannel_logout_session_supported": True}
