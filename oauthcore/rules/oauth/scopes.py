"""Scopes: what they cover, and what a site's vocabulary makes of them (RFC 6749 §3.3).

Scopes form a tree by their colons: ``write`` covers ``write:media``, never the other way round. A *bundle* is
a scope that stands for a list of others, whatever their names (``follow``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from oauthcore.rules.errors.oauth import InvalidScope

Scopes = frozenset[str]

#: RFC 6749 §3.3's scope-token without ``+``, which separates scopes as a space does.
_NAME = re.compile(r"[\x21\x23-\x2a\x2c-\x5b\x5d-\x7e]+\Z")

#: No site has nearly as many scopes. A request with more only costs the server time, and is refused.
_MOST = 500


def is_name(text: str) -> bool:
    """Return whether a text can name a scope: printable ASCII without space, ``"``, ``\\`` and ``+``."""
    return _NAME.match(text) is not None


def parse(text: str) -> Scopes:
    """Read scopes separated by spaces or pluses (RFC 6749 §3.3).

    Raises InvalidScope for characters no scope has, and for more scopes than any site has.
    """
    names = text.replace("+", " ").split(" ")
    if len(names) > _MOST:
        raise InvalidScope("more scopes than any site has")
    scopes = frozenset(name for name in names if name)
    if not all(map(is_name, scopes)):
        raise InvalidScope("a scope holds characters outside RFC 6749 section 3.3")
    return scopes


def render(scopes: Iterable[str]) -> str:
    """Write scopes as the wire has them: sorted, with one space between."""
    return " ".join(sorted(scopes))


def covers(granted: str, wanted: str) -> bool:
    """Return whether one scope includes another by the tree: itself, or what is below its whole segments."""
    return granted == wanted or wanted.startswith(granted + ":")


class Level(StrEnum):
    """Who may give a scope to an application."""

    OPEN = "open"
    APPROVAL = "approval"
    STAFF = "staff"


@dataclass(frozen=True)
class ScopeWords:
    """One scope of a site in words: what a person reads about it, and how it is treated.

    ``includes`` makes it a bundle; ``sensitive`` marks it on the consent page; ``account`` says that it works
    on an account's data, so that it needs an account whose role covers it and client credentials never carry
    it. ``level`` says who may give it to an application: its developer (``open``), its developer once staff
    have approved (``approval``), or staff alone (``staff``).
    """

    description: object = ""
    group: object = ""
    sensitive: bool = False
    account: bool = False
    includes: tuple[str, ...] = ()
    level: str = Level.OPEN


@dataclass(frozen=True)
class Vocabulary:
    """All scopes of a site, by name. Immutable, so that answers can be remembered."""

    words: Mapping[str, ScopeWords]
    _expanded: dict[Scopes, Scopes] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, name: object) -> bool:
        return name in self.words

    @cached_property
    def account_scopes(self) -> Scopes:
        """The scopes that need an account."""
        return frozenset(name for name, words in self.words.items() if words.account)

    def expand(self, granted: Scopes) -> Scopes:
        """Return every known scope that these grant, through the tree and through bundles."""
        found = self._expanded.get(granted)
        if found is None:
            found = self._work_out(granted)
            if len(self._expanded) < 1000:  # a bound, so that odd combinations cannot fill the memory
                self._expanded[granted] = found
        return found

    def _work_out(self, granted: Scopes) -> Scopes:
        reached: set[str] = set()
        waiting = list(granted)
        while waiting:
            scope = waiting.pop()
            for name in self.words:
                if name not in reached and covers(scope, name):
                    reached.add(name)
                    waiting.extend(self.words[name].includes)
        return frozenset(reached)

    def level_of(self, name: str) -> Level:
        """Return who may give a scope to an application: the strictest of all that it includes."""
        order = list(Level)
        reached = {Level(self.words[one].level) for one in self.expand(frozenset([name]))}
        return max(reached, key=order.index, default=Level.STAFF)

    def may_be_taken(self, name: str, *, had: Scopes = frozenset()) -> bool:
        """Return whether a developer may give their application a scope without asking staff.

        They may keep what it had, take what that included all along, and take whatever is open. A bundle or a
        parent is as strict as the strictest scope that it includes; one that the site does not know is for
        nobody to take.
        """
        if name not in self.words:
            return name in had
        return self.allows(had, name) or self.level_of(name) is Level.OPEN

    def description_of(self, name: str) -> str:
        """Return what a person reads about a scope: its words, or its name where it has none."""
        words = self.words.get(name)
        return str(words.description or name) if words else name

    def is_sensitive(self, name: str) -> bool:
        """Return whether a scope is sensitive: marked so itself, or including one that is."""
        return any(self.words[one].sensitive for one in self.expand(frozenset([name])))

    def rights_in(self, name: str) -> Scopes:
        """Return what a scope opens: all that it includes, but for bundles, which only stand for others."""
        return frozenset(one for one in self.expand(frozenset([name])) if not self.words[one].includes)

    def beyond(self, name: str, role: Scopes | None) -> Scopes:
        """Return which rights in a scope a role on an account does not allow; a role of None limits nothing.

        A role limits only the scopes that work on an account.
        """
        if role is None:
            return frozenset()
        of_account = self.rights_in(name) & self.account_scopes
        return frozenset(one for one in of_account if not self.allows(role, one))

    def under_role(self, granted: Scopes, role: Scopes | None) -> Scopes:
        """Return what is left of granted scopes under a role.

        A scope stays whole where the role denies nothing in it; otherwise the rights that are left stay.
        """
        left: set[str] = set()
        for name in granted:
            denied = self.beyond(name, role)
            left.update(self.rights_in(name) - denied if denied else [name])
        return frozenset(left)

    def grouped(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return the names under the titles of their groups, in the order of the vocabulary.

        What has no group stands under the empty title, and so does, at the end, what the site does not know.
        """
        wanted = frozenset(names)
        groups: dict[str, list[str]] = {}
        for name in [*(one for one in self.words if one in wanted), *sorted(wanted - set(self.words))]:
            words = self.words.get(name)
            groups.setdefault(str(words.group) if words else "", []).append(name)
        return groups

    def allows(self, granted: Scopes, wanted: str) -> bool:
        """Return whether the granted scopes, taken together, include the wanted one."""
        return wanted in granted or wanted in self.expand(granted)

    def narrowed(self, granted: Scopes, limit: Scopes) -> Scopes:
        """Return what is left of the granted scopes where nothing beyond ``limit`` may be had.

        A scope that goes beyond the limit leaves those of its parts that the limit includes.
        """
        kept = granted if granted <= limit else frozenset(one for one in granted if self.allows(limit, one))
        if kept == granted:
            return granted
        parts = (self.expand(granted) & self.expand(limit)) - self.expand(kept)

        def is_part_of(one: str, other: str) -> bool:
            return self.allows(frozenset([other]), one) and not self.allows(frozenset([one]), other)

        return kept | {one for one in parts if not any(is_part_of(one, other) for other in parts)}

    def without(self, granted: Scopes, withheld: Scopes) -> Scopes:
        """Return the granted scopes that neither include a withheld one nor are included in one."""

        def touch(one: str, other: str) -> bool:
            return self.allows(frozenset([one]), other) or self.allows(frozenset([other]), one)

        return frozenset(one for one in granted if not any(touch(one, other) for other in withheld))

    def refuse_outside(self, asked: Scopes, granted: Scopes) -> None:
        """Raise InvalidScope unless all that is asked for is included in what is granted.

        The reason names which is not; only scopes of this site, for the rest is somebody else's text.
        """
        for name in sorted(asked):
            if name not in self.words:
                raise InvalidScope("a scope was asked for that this site does not have")
            if not self.allows(granted, name):
                raise InvalidScope(f"{name} was asked for and is not among the scopes it may have")

    def is_within(self, asked: Scopes, granted: Scopes) -> bool:
        """Return whether all that is asked for is known and included in what is granted."""
        return all(name in self.words and self.allows(granted, name) for name in asked)
