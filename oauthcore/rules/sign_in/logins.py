"""Logins: what a person types to say who they are."""

from __future__ import annotations

import unicodedata


def as_typed(login: str) -> str:
    """Return a login without invisible characters, in the Unicode form that Django stores usernames in."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", login) if unicodedata.category(c) != "Cf")
    return visible.strip()


def one_spelling(login: str) -> str:
    """Return the normal form of a login, whatever its case, width, spaces and invisible characters."""
    return unicodedata.normalize("NFKC", as_typed(login).casefold())
