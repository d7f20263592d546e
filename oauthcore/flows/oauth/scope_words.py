"""Scopes in words, for every page and for the admin."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.accounts import Account
from oauthcore.flows.tokens.accounts import role_of
from oauthcore.rules.oauth.scopes import Scopes, Vocabulary


@dataclass(frozen=True)
class ScopeInWords:
    """One scope: its description, and whether it is sensitive or includes a sensitive scope."""

    name: str
    description: str
    is_sensitive: bool
    is_known: bool = True


@dataclass(frozen=True)
class Group:
    """The scopes of one group, and its title."""

    title: str
    scopes: list[ScopeInWords]


@dataclass(frozen=True)
class Denial:
    """The rights in a scope that an account does not allow, and why; ``is_whole`` if none are left."""

    reason: str
    is_whole: bool
    parts: list[str]


def in_words(name: str) -> ScopeInWords:
    """Return one scope in words. A scope that the site no longer knows shows only its name."""
    vocabulary = conf.settings().vocabulary
    return ScopeInWords(
        name, vocabulary.description_of(name), vocabulary.is_sensitive(name), name in vocabulary
    )


def in_groups(names: Iterable[str]) -> list[Group]:
    """Return scopes in words, in the vocabulary's order, under the titles of their groups."""
    grouped = conf.settings().vocabulary.grouped(names)
    return [
        Group(title or _("Access"), [in_words(name) for name in group]) for title, group in grouped.items()
    ]


def widest_in_groups(scopes: Scopes) -> list[Group]:
    """Return scopes as :func:`in_groups` does, without scopes that another of them includes."""
    return in_groups(_widest(conf.settings().vocabulary, scopes))


def sensitive_beyond(granted: Scopes) -> list[ScopeInWords]:
    """Return the scopes marked as sensitive that the granted scopes do not include."""
    vocabulary = conf.settings().vocabulary
    included = vocabulary.expand(granted)
    return [
        in_words(name) for name, one in vocabulary.words.items() if one.sensitive and name not in included
    ]


def denial(name: str, account: Account | None) -> Denial | None:
    """Return the rights in a scope that the person lacks on an account, or None if they have all."""
    vocabulary = conf.settings().vocabulary
    denied = vocabulary.beyond(name, role_of(account))
    if not denied:
        return None
    rights = vocabulary.rights_in(name)
    parts = [one.description for group in in_groups(denied) for one in group.scopes]
    return Denial(_reason(account), denied == rights, [] if denied == rights else parts)


def _reason(account: Account | None) -> str:
    if account is None:
        return _("not without an account, and you have none")
    if not account.role:
        return _("not on %(account)s") % {"account": account.name}
    role = str(account.role)
    said = (
        _("not as an %(role)s of %(account)s")
        if role[0] in "aeiou"
        else _("not as a %(role)s of %(account)s")
    )
    return said % {"role": role, "account": account.name}


def _widest(vocabulary: Vocabulary, scopes: Scopes) -> Scopes:
    """Return the known scopes that none of the others includes."""
    unknown = frozenset(name for name in scopes if name not in vocabulary)
    known = (scopes - unknown) | vocabulary.expand(unknown)
    reached = {name: vocabulary.expand(frozenset([name])) for name in known}

    def is_wider(one: str, other: str) -> bool:
        # For two bundles that include each other, the name decides.
        return one != other and other in reached[one] and (one not in reached[other] or one < other)

    return frozenset(name for name in known if not any(is_wider(one, name) for one in known))
