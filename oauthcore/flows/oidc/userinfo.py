"""Userinfo: what an application is told about the person of its token (OpenID Connect Core §5.3)."""

from __future__ import annotations

from typing import Any

from oauthcore.flows.oidc.told_claims import USERINFO, told_claims
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models.subjects import subject_of
from oauthcore.rules.oidc.claims import OPENID, PROFILE


def userinfo(verified: VerifiedToken) -> dict[str, Any]:
    """Return the claims about the person, ``sub`` always among them; one query of the site at most.

    The token needs ``openid``, or ``profile`` as in Mastodon. Raises InsufficientScope without either, and
    NoPerson for a token without a person.
    """
    is_profile = verified.allows(PROFILE) and not verified.allows(OPENID)
    verified.require(PROFILE if is_profile else OPENID, person=True)
    grant = verified.grant
    return {
        **told_claims(grant, verified.application, verified.scopes, USERINFO),
        "sub": str(subject_of(grant)),
    }
