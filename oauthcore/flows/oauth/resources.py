"""Resource indicators: the resources of a request, and the scopes of a token for them (RFC 8707)."""

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
    """The scopes of an access token, and its resources as the row stores them."""

    scopes: Scopes
    resource: str | None = None


class ResourceInWords(NamedTuple):
    """A protected resource for people: its name, and its address without the scheme."""

    name: str
    address: str


def in_words(resources: Iterable[str]) -> list[ResourceInWords]:
    """Return resources in words. A resource that the site no longer has shows only its address."""
    found = ((text, conf.settings().resources.find(text)) for text in sorted(resources))
    addresses = ((text.partition("://")[2], one) for text, one in found)
    return [ResourceInWords(str(one.name) if one else address, address) for address, one in addresses]


def named_by(application: Application, parameters: Parameters) -> frozenset[str]:
    """Return the resources that a request names; raise InvalidTarget for an unknown resource.

    The set is empty if the site declares no resources, and for a legacy application.
    """
    settings = conf.settings()
    if not settings.RESOURCES or application.is_legacy:
        return frozenset()
    return settings.resources.require(parameters.items(RESOURCE))


def declared_by(resources: frozenset[str], scopes: Scopes) -> Scopes:
    """Return the scopes that the resources declare, or all without resources; raise InvalidScope for none."""
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
    """Return scopes and resources of the token for a request to the token endpoint (RFC 8707 §2.2).

    The token is for the named resources, which must be ``approved``, or without names for all approved ones.
    If none were approved, any may be named. Raises InvalidTarget, InvalidScope if no scope is left, and
    InvalidGrant if the site no longer has any of the approved resources.
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
