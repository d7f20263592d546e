"""The claims that an application asks for: by scopes, and by the parameter ``claims``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.models import Application
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.claims import PROFILE, SCOPE_CLAIMS, claims_of
from oauthcore.rules.oidc.claims_parameter import ClaimsParameter

Claims = frozenset[str]

#: The scopes that stand for claims.
CLAIM_SCOPES: Scopes = frozenset(SCOPE_CLAIMS)


@dataclass(frozen=True)
class RequestedClaims:
    """The claims of the site that an OpenID request asks for, by where they are to be given."""

    userinfo: Claims
    id_token: Claims
    _values: dict[object, Mapping[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, application: Application, scopes: Scopes, parameter: ClaimsParameter) -> RequestedClaims:
        """Return the claims that an OpenID request asks for.

        The claims of scopes are for the userinfo endpoint (OpenID Connect Core §5.4). A claim that a scope
        stands for is given only to an application that has the scope, or asks for it now. All others are
        ignored, and so are claims that the site does not offer (§5.5.1).
        """
        expand = conf.settings().vocabulary.expand
        barred = claims_of(CLAIM_SCOPES - expand(scopes | application.scopes))
        offered = frozenset(conf.settings().claims.offered) - barred
        userinfo = claims_of(expand(scopes)) | parameter.userinfo.keys()
        return cls(userinfo & offered, offered & parameter.id_token.keys())

    @property
    def names(self) -> Claims:
        """All of them."""
        return self.userinfo | self.id_token

    def values_of(self, user: User) -> Mapping[str, Any]:
        """Return the values that the person has for them. The site is asked once for a request."""
        if user.pk not in self._values:
            self._values[user.pk] = values_of(user, self.names)
        return self._values[user.pk]

    def approved(self, names: Claims) -> dict[str, list[str]]:
        """Return ``Grant.claims``: those of the claims that are among the approved ones."""
        return {"userinfo": sorted(self.userinfo & names), "id_token": sorted(self.id_token & names)}


def values_of(user: User, names: Claims) -> Mapping[str, Any]:
    """Return the values of these claims of a person, from the site: one query at most.

    A claim without a value is left out.
    """
    found = conf.settings().claims.values_of(user, names) if names else {}
    return {name: value for name, value in found.items() if name in names and value not in (None, "")}


def told_by_claims(scopes: Scopes) -> Scopes:
    """Return those of the scopes that stand for claims and for nothing else.

    People decide about the claims, and not about the scope. At a site with a scope ``profile:write``, the
    scope ``profile`` includes that, and is told like any other.
    """
    expand = conf.settings().vocabulary.expand
    return frozenset(one for one in scopes & CLAIM_SCOPES if expand(frozenset([one])) <= {one})


def claims_without_openid(scopes: Scopes, given: Claims | None) -> dict[str, list[str]] | None:
    """Return ``Grant.claims`` of a grant without ``openid``.

    Its token reads the claims of ``profile`` too, for Mastodon's clients. It reads all of them (None) if the
    person never decided about claims of this application. After an OpenID request it reads only those that
    were ``given`` there. Otherwise the application would get claims that the person withheld.
    """
    if given is None:
        return None
    profile = claims_of(conf.settings().vocabulary.expand(scopes) & frozenset([PROFILE]))
    return {"userinfo": sorted(profile & given), "id_token": []} if profile else None


def required_among(claims: Claims, required: Scopes) -> Claims:
    """Return those of the claims that the required scopes of an application stand for."""
    return claims & claims_of(conf.settings().vocabulary.expand(required))


def claims_by_scope(scopes: Scopes, claims: Claims) -> list[tuple[str, Claims]]:
    """Return the claims that people are asked about under the scopes that stand for them.

    A scope without any of them is there too. Those of no scope come last, under an empty name.
    """
    groups = [
        (scope, claims & stands_for)
        for scope, stands_for in SCOPE_CLAIMS.items()
        if scope in scopes or claims & stands_for
    ]
    others = claims - claims_of(CLAIM_SCOPES)
    return [*groups, ("", others)] if others else groups
