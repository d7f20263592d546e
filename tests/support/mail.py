"""Settings of mail, by the names that the Django of this run has for them."""

from __future__ import annotations

from typing import Any

import django


def sent_by(backend: str) -> dict[str, Any]:
    """Return the settings that send every mail through this backend."""
    if django.VERSION < (6, 1):
        return {"EMAIL_BACKEND": backend}
    return {"MAILERS": {"default": {"BACKEND": backend}}}


def mail_through(settings: Any, kind: str) -> None:
    """Let every mail of this test go through one of Django's own backends."""
    for name, value in sent_by(f"django.core.mail.backends.{kind}.EmailBackend").items():
        setattr(settings, name, value)
