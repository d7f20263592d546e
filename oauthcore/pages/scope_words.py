"""Scopes in the words that people read, on pages that show what something may do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from oauthcore import conf
from oauthcore.rules.scopes import Scopes, Vocabulary


def in_words(scopes: Scopes) -> list[dict[str, Any]]:
    """Return the scopes as groups with ``title`` and ``scopes``: ``name``, ``description``, ``is_sensitive``.

    In the vocabulary's order. A scope that another one includes is left out: it says nothing more. What
    includes something sensitive is sensitive.
    """
    vocabulary = conf.settings().vocabulary
    shown = _widest(vocabulary, scopes)
    groups: dict[str, list[dict[str, Any]]] = {}
    for name in (name for name in vocabulary.words if name in shown):
        words = vocabulary.words[name]
        included = vocabulary.expand(frozenset([name]))
        groups.setdefault(str(words.group or _("Access")), []).append(
            {
                "name": name,
                "description": str(words.description or name),
                "is_sensitive": any(vocabulary.words[one].sensitive for one in included),
            }
        )
    return [{"title": title, "scopes": rows} for title, rows in groups.items()]


def _widest(vocabulary: Vocabulary, scopes: Scopes) -> Scopes:
    """Return the known scopes that none of the others includes."""
    unknown = frozenset(name for name in scopes if name not in vocabulary)
    known = (scopes - unknown) | vocabulary.expand(unknown)
    reached = {name: vocabulary.expand(frozenset([name])) for name in known}

    def is_wider(one: str, other: str) -> bool:
        # Two bundles that include each other are as wide as each other: the name decides.
        return one != other and other in reached[one] and (one not in reached[other] or one < other)

    return frozenset(name for name in known if not any(is_wider(one, name) for one in known))
