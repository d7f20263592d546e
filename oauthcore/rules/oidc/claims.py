"""Standard claims, and the scopes that ask for them (OpenID Connect Core §5.1, §5.4)."""

from __future__ import annotations

from collections.abc import Mapping

from oauthcore.rules.oauth.scopes import Scopes, is_name
from oauthcore.rules.oidc.id_tokens import CLAIMS

#: The scope that makes a grant an OpenID one.
OPENID = "openid"
#: The scope for the claims about who a person is, which Mastodon has too.
PROFILE = "profile"
#: The scope with which an OpenID client asks for refresh tokens (OpenID Connect Core §11).
OFFLINE_ACCESS = "offline_access"

#: The claim that is the login of a person.
USERNAME = "preferred_username"

#: The claims that each scope asks for. ``address`` and ``phone`` are not offered.
SCOPE_CLAIMS: Mapping[str, frozenset[str]] = {
    PROFILE: frozenset(
        [
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            USERNAME,
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ]
    ),
    "email": frozenset(["email", "email_verified"]),
}

#: The scopes of OpenID Connect. A site need not declare them.
OPENID_SCOPES: Scopes = frozenset([OPENID, OFFLINE_ACCESS, *SCOPE_CLAIMS])


def claims_of(scopes: Scopes) -> frozenset[str]:
    """Return the claims that scopes ask for."""
    return frozenset().union(*(SCOPE_CLAIMS.get(scope, frozenset()) for scope in scopes))


def is_claim_name(name: object) -> bool:
    """Return whether a site may offer a claim of this name: printable ASCII, none of an id token's own."""
    return isinstance(name, str) and is_name(name) and name not in CLAIMS
