"""Protected resources: which the site has, and which belongs to an address or path (RFC 8707, RFC 9728).

A site declares its resources by address. The issuer is a resource too. Each path that belongs to no other
resource belongs to the issuer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth.scopes import Scopes

#: The most resources in one request, so that they fit into one column.
_MOST = 20
_LONGEST = 2000


@dataclass(frozen=True)
class Resource:
    """A protected resource: its address, its name for people, and its scopes.

    Its access tokens are JWTs if ``access_token_format`` is "jwt" or if it is ``offline``. The views of an
    offline resource verify access tokens without a query.
    """

    identifier: str
    name: object
    scopes: Scopes
    access_token_format: str = "opaque"
    offline: bool = False

    @property
    def wants_jwts(self) -> bool:
        """Whether access tokens for it are JWTs."""
        return self.offline or self.access_token_format == "jwt"

    @cached_property
    def _parts(self) -> SplitResult:
        return urlsplit(self.identifier)

    @property
    def host(self) -> str:
        """Host and port, in lower case."""
        return self._parts.netloc.lower()

    @property
    def origin(self) -> str:
        """Scheme, host and port, in lower case."""
        return f"{self._parts.scheme}://{self.host}"

    @property
    def path(self) -> str:
        """Its path as it is written; empty for an origin."""
        return "" if self._parts.path == "/" else self._parts.path

    def holds(self, path: str) -> bool:
        """Return whether the path of a request is its path or lies below it, by whole segments."""
        return f"{path}/".startswith(f"{unquote(self.path).rstrip('/')}/")


@dataclass(frozen=True)
class Resources:
    """All resources of a site: the issuer and the declared resources."""

    issuer: Resource
    declared: tuple[Resource, ...] = ()

    @classmethod
    def of(cls, issuer: Resource, declared: Mapping[str, Mapping[str, Any]]) -> Resources:
        """Return the resources of a site; raise TypeError for an unknown member of a declaration.

        A declaration with the address of the issuer sets the name and scopes of the issuer.
        """
        resources = [
            Resource(identifier, **{**members, "scopes": frozenset(members.get("scopes", ()))})
            for identifier, members in declared.items()
        ]
        itself = canonical(issuer.identifier)
        said = next((one for one in resources if canonical(one.identifier) == itself), issuer)
        others = tuple(one for one in resources if one is not said)
        return cls(replace(said, identifier=issuer.identifier), others)

    @cached_property
    def has_offline(self) -> bool:
        """Whether any resource is offline; the issuer never is."""
        return any(one.offline for one in self.declared)

    def is_offline(self, resource: Resource | None) -> bool:
        """Return whether the views of a resource are offline; the views of the issuer never are."""
        return resource is not None and resource.offline and resource is not self.issuer

    @cached_property
    def _by_address(self) -> Mapping[str | None, Resource]:
        return {canonical(one.identifier): one for one in (self.issuer, *self.declared)}

    @cached_property
    def _here(self) -> tuple[Resource, ...]:
        """The resources at the origin of the issuer, the longest path first."""
        here = (one for one in self.declared if one.origin == self.issuer.origin)
        return tuple(sorted(here, key=lambda one: len(one.path), reverse=True))

    def find(self, text: str) -> Resource | None:
        """Return the resource that an address names, or None."""
        address = canonical(text)
        return None if address is None else self._by_address.get(address)

    def require(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the identifiers of the named resources; raise InvalidTarget for an unknown resource."""
        named = frozenset(texts)
        if len(named) > _MOST:
            raise InvalidTarget(f"more than {_MOST} resources were named")
        found = [self.find(text) for text in named]
        identifiers = frozenset(one.identifier for one in found if one is not None)
        if None in found or len(" ".join(identifiers)) > _LONGEST:
            raise InvalidTarget("a resource was named that this site does not have")
        return identifiers

    def of_path(self, path: str) -> Resource:
        """Return the resource that a path of this site belongs to: the longest matching path wins."""
        return next((one for one in self._here if one.holds(path)), self.issuer)

    def described_at(self, path: str, host: str) -> Resource | None:
        """Return the resource whose document is at a path, at a host of this site (RFC 9728 §3.1).

        If resources at several hosts have the path, ``host`` decides, or else the host of the issuer.
        """
        found = [one for one in (*self.declared, self.issuer) if unquote(one.path) == path]
        by_host = {one.host: one for one in reversed(found)}
        default = by_host.get(self.issuer.host)
        return by_host.get(host.lower(), default) or (None if path else self.issuer)


def canonical(text: str) -> str | None:
    """Return an address in the form in which resources are compared (RFC 8707 §2); None if it cannot be one.

    Scheme and host become lower case, and an origin loses its slash.
    """
    if len(text) > _LONGEST or not text.isascii() or not text.isprintable() or set(text) & set(' #?"\\<>'):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if not parts.scheme or not parts.hostname or "@" in parts.netloc:
        return None
    path = "" if parts.path == "/" else parts.path
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"
