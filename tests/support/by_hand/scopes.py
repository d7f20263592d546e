"""Scopes (RFC 6749 §3.3): names between spaces or pluses, and a tree by their colons."""

from __future__ import annotations

from tests.support.by_hand import Refused

_MOST = 500


def names(text: str) -> set[str]:
    """Return the names in a text; raise Refused."""
    found, name, separators = set(), "", 0
    for one in [*text, " "]:
        if one in " +":
            separators += 1
            found |= {name} if name else set()
            name = ""
        elif one in '"\\' or not "!" <= one <= "~":
            raise Refused
        else:
            name += one
    if separators > _MOST:
        raise Refused
    return found


def reached(granted: set[str], words: dict[str, set[str]]) -> set[str]:
    """Return the scopes of a site that these give: ``words`` has what each bundle includes."""
    given, before = set(granted), set()
    while given != before:
        before = set(given)
        for one in before:
            given |= words.get(one, set())
            given |= {name for name in words if name.split(":")[: len(one.split(":"))] == one.split(":")}
    return given & set(words)
