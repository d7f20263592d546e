"""The claims about a person that an application is told: approved, still offered, and within its scopes."""

from __future__ import annotations

from typing import Any

from oauthcore import conf
from oauthcore.flows.oidc.requested_claims import values_of
from oauthcore.models import Application, Grant
from oauthcore.rules.oauth.scopes import Scopes, Vocabulary
from oauthcore.rules.oidc.claims import OPENID, PROFILE, SCOPE_CLAIMS, claims_of

#: Where claims are told: the members of ``Grant.claims``.
USERINFO = "userinfo"
ID_TOKEN = "id_token"


def told_claims(grant: Grant, application: Application | None, scopes: Scopes, where: str) -> dict[str, Any]:
    """Return the claims about the person of a grant with their values; one query of the site at most.

    ``scopes`` are those of the token, as far as the application still has them. A claim is told if the person
    approved it and the site still offers it. If it belongs to a scope, the token must have the scope too.
    If the grant has no such scope, the claim was asked for by name. Then the application must be able to have
    the scope.
    """
    vocabulary, may_ask = conf.settings().vocabulary, _may_ask_for(application)
    hidden = frozenset().union(
        *(
            claims
            for scope, claims in SCOPE_CLAIMS.items()
            if not vocabulary.allows(scopes if vocabulary.allows(grant.scopes, scope) else may_ask, scope)
        )
    )
    names = (_approved(grant, scopes, where, vocabulary) - hidden) & frozenset(conf.settings().claims.offered)
    user = grant.user
    return {} if user is None else dict(sorted(values_of(user, names).items()))


def _may_ask_for(application: Application | None) -> Scopes:
    """Return the scopes of an application. One that registered itself could register for any open scope."""
    if application is None:
        return frozenset()
    more = conf.settings().open_scopes if application.is_self_registered else frozenset()
    return frozenset(application.scopes) | more


def _approved(grant: Grant, scopes: Scopes, where: str, vocabulary: Vocabulary) -> frozenset[str]:
    """Return the approved claims. Without ``openid``, they are those of the scope ``profile``.

    The grant names them if the person has decided about each of them.
    """
    if grant.claims is not None:
        return frozenset(grant.claims.get(where, ()))
    if where == ID_TOKEN or vocabulary.allows(scopes, OPENID):
        return frozenset()
    return claims_of(vocabulary.expand(scopes) & frozenset([PROFILE]))
