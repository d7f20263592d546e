"""Protected resources: which there are, and which one an address or a path stands for (RFC 8707, RFC 9728).

A site declares its resources by address. The issuer itself is one: all that is not of another belongs to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.oauth.scopes import Scopes

#: A request names at most so many resources: what is stored of them fits into one column.
_MOST = 20
_LONGEST = 2000


@dataclass(frozen=True)
class Resource:
    """A protected resource: its address, its name for people, and the scopes that mean something there.

    Access tokens for it are JWTs where its ``access_token_format`` is "jwt", and where it is ``offline``:
    then its views verify them without a look into the database.
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
        """Its path as it is written, empty where it is an origin."""
        return "" if self._parts.path == "/" else self._parts.path

    def holds(self, path: str) -> bool:
        """Return whether the path of a request is its own, or below it by whole segments."""
        return f"{path}/".startswith(f"{unquote(self.path).rstrip('/')}/")


@dataclass(frozen=True)
class Resources:
    """All resources of a site: the issuer, and those that it declares beside it."""

    issuer: Resource
    declared: tuple[Resource, ...] = ()

    @classmethod
    def of(cls, issuer: Resource, declared: Mapping[str, Mapping[str, Any]]) -> Resources:
        """Return the resources of a site; raise TypeError for one with a member that no resource has.

        One declared under the address of the issuer says what the issuer's name and scopes are.
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
        """Whether views of any resource but the issuer are offline."""
        return any(one.offline for one in self.declared)

    def is_offline(self, resource: Resource | None) -> bool:
        """Return whether views of a resource are offline; those of the issuer never are."""
        return resource is not None and resource.offline and resource is not self.issuer

    @cached_property
    def _by_address(self) -> Mapping[str | None, Resource]:
        return {canonical(one.identifier): one for one in (self.issuer, *self.declared)}

    @cached_property
    def _here(self) -> tuple[Resource, ...]:
        """Those at the origin of the issuer, the longest path first."""
        here = (one for one in self.declared if one.origin == self.issuer.origin)
        return tuple(sorted(here, key=lambda one: len(one.path), reverse=True))

    def find(self, text: str) -> Resource | None:
        """Return the resource that an address names, or None."""
        address = canonical(text)
        return None if address is None else self._by_address.get(address)

    def require(self, texts: Iterable[str]) -> frozenset[str]:
        """Return the identifiers of the resources that a request names; raise InvalidTarget for any other."""
        named = frozenset(texts)
        if len(named) > _MOST:
            raise InvalidTarget(f"more than {_MOST} resources were named")
        found = [self.find(text) for text in named]
        identifiers = frozenset(one.identifier for one in found if one is not None)
        if None in found or len(" ".join(identifiers)) > _LONGEST:
            raise InvalidTarget("a resource was named that this site does not have")
        return identifiers

    def of_path(self, path: str) -> Resource:
        """Return the resource that a path of this site belongs to: the one with the longest path above it."""
        return next((one for one in self._here if one.holds(path)), self.issuer)

    def described_at(self, path: str, host: str) -> Resource | None:
        """Return the resource whose document stands behind a path, at a host of this site (RFC 9728 §3.1).

        A path that resources of several hosts have is of the host that was asked, or of the issuer's.
        """
        found = [one for one in (*self.declared, self.issuer) if unquote(one.path) == path]
        by_host = {one.host: one for one in reversed(found)}
        default = by_host.get(self.issuer.host)
        return by_host.get(host.lower(), default) or (None if path else self.issuer)


def canonical(text: str) -> str | None:
    """Return an address as addresses of resources are compared; None for what cannot be one (RFC 8707 §2).

    Scheme and host are the same in any case, and an origin is the same with and without its slash.
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
