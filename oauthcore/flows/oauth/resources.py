"""Resource indicators: what an application names, and what a token for it carries (RFC 8707)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from oauthcore import conf
from oauthcore.models import Application
from oauthcore.rules.errors.oauth import InvalidGrant, InvalidScope
from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.wire.parameters import Parameters

#: The parameter, which may come several times (RFC 8707 §2).
RESOURCE = "resource"


class Narrowed(NamedTuple):
    """What an access token carries: its scopes, and the resources it is for as its row names them."""

    scopes: Scopes
    resource: str | None = None


class ResourceInWords(NamedTuple):
    """A protected resource as people read of it: its name, and its address without the scheme."""

    name: str
    address: str


def in_words(resources: Iterable[str]) -> list[ResourceInWords]:
    """Return resources in words; one that the site does not have any more has its address alone."""
    found = ((text, conf.settings().resources.find(text)) for text in sorted(resources))
    addresses = ((text.partition("://")[2], one) for text, one in found)
    return [ResourceInWords(str(one.name) if one else address, address) for address, one in addresses]


def named_by(application: Application, parameters: Parameters) -> frozenset[str]:
    """Return the resources that a request names; raise InvalidTarget for one that there is not.

    None at a site that declares none, and for a legacy application: then the parameter means nothing.
    """
    settings = conf.settings()
    if not settings.RESOURCES or application.is_legacy:
        return frozenset()
    return settings.resources.require(parameters.items(RESOURCE))


def declared_by(resources: frozenset[str], scopes: Scopes) -> Scopes:
    """Return what of scopes the resources declare, all without one; raise InvalidScope for nothing."""
    declared = conf.settings().declared_scopes(scopes, resources) if resources else scopes
    if not declared:
        raise InvalidScope("the resources declare none of the scopes")
    return declared


def narrow(
    scopes: Scopes,
    application: Application,
    parameters: Parameters,
    *,
    approved: frozenset[str] = frozenset(),
) -> Narrowed:
    """Return what the token of a request to the token endpoint carries (RFC 8707 §2.2).

    It is for the resources that the request names, which are among those that were ``approved``, or for all
    of these. Where none were, any may be named. Raises InvalidTarget, InvalidScope where no scope is left,
    and InvalidGrant where the site has none of the approved resources any more.
    """
    named = named_by(application, parameters)
    if approved:
        left = frozenset(one for one in approved if conf.settings().resources.find(one) is not None)
        if not left:
            raise InvalidGrant("the site has none of the resources any more that were approved")
        if not named <= left:
            raise InvalidTarget("a resource was named that was not approved")
        named = named or left
    if not named:
        return Narrowed(scopes)
    return Narrowed(declared_by(named, scopes), " ".join(sorted(named)))
