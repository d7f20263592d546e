"""Reading the environment. A secret may come from a file, which ``NAME_FILE`` names."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Return a variable. Without a default it must be set."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set")
    return value


def words(name: str) -> list[str]:
    """Return the words of a variable, which are separated by commas."""
    return [word.strip() for word in text(name, "").split(",") if word.strip()]


def secret(name: str, default: str | None = None) -> str:
    """Return the text of the file that ``NAME_FILE`` names, or else the variable itself."""
    path = os.environ.get(f"{name}_FILE")
    return Path(path).read_text().strip() if path else text(name, default)
