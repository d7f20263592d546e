"""The text area for public keys."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.widgets import AdminTextareaWidget
from django.forms import HiddenInput

from oauthcore.rules.jose.public_keys import looks_private


def _public(text: str | None) -> str | None:
    return "" if text and looks_private(text) else text


class PublicKeysArea(AdminTextareaWidget):
    """Shows what was typed again, unless there is a private key in it. The message of the field says so."""

    def format_value(self, value: Any) -> str | None:
        """Return the text to show, which is empty for a private key."""
        return _public(super().format_value(value))


class HiddenPublicKeys(HiddenInput):
    """Keeps what the page showed, in the same way."""

    def format_value(self, value: Any) -> str | None:
        """Return the text to keep, which is empty for a private key."""
        return _public(super().format_value(value))
