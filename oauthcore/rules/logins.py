"""Logins: what a person types to say who they are."""

from __future__ import annotations

import unicodedata


def one_spelling(login: str) -> str:
    """Return one spelling for all the ways to write a login: case, width, spaces and invisible characters."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", login) if unicodedata.category(c) != "Cf")
    return unicodedata.normalize("NFKC", visible.strip().casefold())
