"""Scopes: what they cover, and the vocabulary of a site (RFC 6749 §3.3).

Scopes form a tree by their colons: ``write`` covers ``write:media``, never the other way round. A *bundle*
includes a list of other scopes, whatever their names (``follow``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from oauthcore.rules.errors.oauth import InvalidScope

Scopes = frozenset[str]

#: The scope-token of RFC 6749 §3.3, without ``+``, because ``+`` separates scopes as a space does.
_NAME = re.compile(r"[\x21\x23-\x2a\x2c-\x5b\x5d-\x7e]+\Z")

#: The most scopes in a request. No site has nearly as many, and more would only cost CPU time.
_MOST = 500


def is_name(text: str) -> bool:
    """Return whether a text can be a scope: printable ASCII without space, ``"``, ``\\`` and ``+``."""
    return _NAME.match(text) is not None


def parse(text: str) -> Scopes:
    """Read scopes separated by spaces or pluses (RFC 6749 §3.3).

    Raises InvalidScope for a character that no scope has, and for too many scopes.
    """
    names = text.replace("+", " ").split(" ")
    if len(names) > _MOST:
        raise InvalidScope("more scopes than any site has")
    scopes = frozenset(name for name in names if name)
    if not all(map(is_name, scopes)):
        raise InvalidScope("a scope holds characters outside RFC 6749 section 3.3")
    return scopes


def render(scopes: Iterable[str]) -> str:
    """Return scopes as the wire shows them: sorted, with one space between them."""
    return " ".join(sorted(scopes))


def covers(granted: str, wanted: str) -> bool:
    """Return whether ``granted`` is ``wanted``, or above it in the tree by whole segments."""
    return granted == wanted or wanted.startswith(granted + ":")


class Level(StrEnum):
    """Who may give a scope to an application."""

    #: Its developer.
    OPEN = "open"
    #: Its developer, after staff have approved the request.
    APPROVAL = "approval"
    #: Only staff.
    STAFF = "staff"


@dataclass(frozen=True)
class ScopeWords:
    """One scope of a site: its words for people, and its rules."""

    #: What people read on the consent page.
    description: object = ""
    #: The heading that it stands under there.
    group: object = ""
    #: Whether the consent page marks it.
    sensitive: bool = False
    #: Whether it needs an account with a role that covers it. Client credentials never get such a scope.
    account: bool = False
    #: Other scopes that it gives: it is a bundle.
    includes: tuple[str, ...] = ()
    #: Who may give it to an application: its developer, its developer with approval, or staff.
    level: str = Level.OPEN


@dataclass(frozen=True)
class Vocabulary:
    """All scopes of a site, by name. It is immutable, so that results can be cached."""

    words: Mapping[str, ScopeWords]
    _expanded: dict[Scopes, Scopes] = field(default_factory=dict, repr=False, compare=False)

    def __contains__(self, name: object) -> bool:
        return name in self.words

    @cached_property
    def account_scopes(self) -> Scopes:
        """The scopes that need an account."""
        return frozenset(name for name, words in self.words.items() if words.account)

    def expand(self, granted: Scopes) -> Scopes:
        """Return every known scope that the granted scopes include, by the tree and by bundles."""
        found = self._expanded.get(granted)
        if found is None:
            found = self._work_out(granted)
            if len(self._expanded) < 1000:  # a bound, so that many combinations cannot fill the memory
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

        They may keep the scopes that the application ``had``, with all that those include, and take open
        scopes. A bundle or parent is as strict as the strictest scope that it includes. Nobody may take an
        unknown scope.
        """
        if name not in self.words:
            return name in had
        return self.allows(had, name) or self.level_of(name) is Level.OPEN

    def description_of(self, name: str) -> str:
        """Return the description of a scope for people, or its name if it has no description."""
        words = self.words.get(name)
        return str(words.description or name) if words else name

    def is_sensitive(self, name: str) -> bool:
        """Return whether a scope is sensitive or includes a sensitive scope."""
        return any(self.words[one].sensitive for one in self.expand(frozenset([name])))

    def rights_in(self, name: str) -> Scopes:
        """Return all scopes that a scope includes, without bundles, which only stand for other scopes."""
        return frozenset(one for one in self.expand(frozenset([name])) if not self.words[one].includes)

    def beyond(self, name: str, role: Scopes | None) -> Scopes:
        """Return the rights in a scope that a role on an account does not allow.

        A role of None limits nothing. A role limits only scopes that work on an account.
        """
        if role is None:
            return frozenset()
        of_account = self.rights_in(name) & self.account_scopes
        return frozenset(one for one in of_account if not self.allows(role, one))

    def under_role(self, granted: Scopes, role: Scopes | None) -> Scopes:
        """Return what is left of granted scopes under a role.

        If the role denies nothing in a scope, the scope stays whole. Otherwise its allowed rights stay.
        """
        left: set[str] = set()
        for name in granted:
            denied = self.beyond(name, role)
            left.update(self.rights_in(name) - denied if denied else [name])
        return frozenset(left)

    def grouped(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Return the names under the titles of their groups, in the order of the vocabulary.

        Scopes without a group have the empty title. So have unknown scopes, and they come last.
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
        """Return what is left of the granted scopes within ``limit``.

        A scope that exceeds the limit is replaced by its parts that the limit includes.
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
        """Raise InvalidScope unless each requested scope is included in the granted scopes.

        The reason names the scopes that are not. It names only scopes of this site, and repeats no other
        text.
        """
        for name in sorted(asked):
            if name not in self.words:
                raise InvalidScope("a scope was asked for that this site does not have")
            if not self.allows(granted, name):
                raise InvalidScope(f"{name} was asked for and is not among the scopes it may have")

    def is_within(self, asked: Scopes, granted: Scopes) -> bool:
        """Return whether each requested scope is known and included in the granted scopes."""
        return all(name in self.words and self.allows(granted, name) for name in asked)
