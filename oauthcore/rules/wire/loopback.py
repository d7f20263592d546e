"""Addresses of this machine itself: the only ones for which http is good enough."""

from __future__ import annotations

from urllib.parse import SplitResult

HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})


def is_protected(parts: SplitResult) -> bool:
    """Return whether nobody on the network reads what is sent to a URL: it is https, or leads here."""
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HOSTS)
