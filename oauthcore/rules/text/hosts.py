"""The host of a website as pages show it."""

from __future__ import annotations

from urllib.parse import urlsplit


def host_of(website: str) -> str:
    """Return the host of a website in ASCII, so that letters that look alike differ. Empty if it has none."""
    host = urlsplit(website).hostname or ""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
