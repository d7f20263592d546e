"""What an import takes: grants with their tokens, as values. ``flows.imports.grants`` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from oauthcore.rules.imports.foreign_secrets import chain_digest, spent_turn

_NAMESPACE = UUID("5c5fd6c6-9ad8-4a56-8ed1-2f2d3d2a2a0e")
#: Why a grant ended that a later run found ended where it came from.
ENDED_THERE = "ended at the package that it was imported from"
#: The longest name that a grant has.
LONGEST_LABEL = 200


class Damaged(Exception):
    """A row, or a whole table, that cannot be what the package wrote. The message names it and the reason."""


def hint_of(text: str) -> str:
    """Return the last four characters of a secret, which pages may show."""
    return text[-4:]


def uuid_of(source: str, *key: object) -> UUID:
    """Return the UUID of the grant that a row of a package becomes: the same one in each run."""
    return uuid5(_NAMESPACE, " ".join([source, *map(str, key)]))


@dataclass(frozen=True)
class ImportedToken:
    """A token as another package stored it. ``base`` is its base digest (``rules.imports.sources``)."""

    base: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None
    scopes: frozenset[str] = frozenset()
    is_refresh: bool = False
    #: Whether the package has used the refresh token already. It then ends its grant when it comes back.
    is_spent: bool = False
    hint: str = ""
    #: The resources that it is for, separated by spaces; None means all.
    resource: str | None = None

    @property
    def digest(self) -> bytes:
        """The digest that finds its row."""
        return chain_digest(self.base) if self.is_refresh else self.base

    @property
    def turn(self) -> bytes | None:
        """The turn of its chain, if it is a refresh token."""
        if not self.is_refresh:
            return None
        return spent_turn(self.base) if self.is_spent else self.base


@dataclass(frozen=True)
class ImportedGrant:
    """A grant with tokens that another package issued under it. ``row`` names where it was read.

    ``kind`` is one of ``Grant.Kind``, and decides who owns it: ``client_id`` names an application that is
    here, ``user_id`` is a person. A grant that is here already only gets the tokens that it lacks; with
    ``only_if_here`` it is not opened otherwise.
    """

    source: str
    row: str
    uuid: UUID
    kind: str
    created_at: datetime
    expires_at: datetime | None
    scopes: frozenset[str] = frozenset()
    resources: frozenset[str] = frozenset()
    client_id: str | None = None
    user_id: Any = None
    account_uuid: UUID | None = None
    label: str = ""
    allowed_networks: tuple[str, ...] | None = None
    tokens: Sequence[ImportedToken] = ()
    only_if_here: bool = False

    @property
    def ends_at(self) -> datetime | None:
        """When its last token ends, or None if one never ends."""
        ends = [_earlier(one.expires_at, self.expires_at) for one in self.tokens]
        return (
            None if None in ends else max((end for end in ends if end is not None), default=self.created_at)
        )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((end for end in (one, other) if end is not None), default=None)
