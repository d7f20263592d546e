"""The host of a website as people are shown it."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(website: str) -> str:
    """Return the host of a website in ASCII, where letters that look alike are told apart; empty for none."""
    host = urlsplit(website).hostname or ""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
