"""Running ``demo_data``, as ``make demo`` and programs do."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command


def demo_data(*arguments: str) -> str:
    """Run it and return what it prints."""
    output = io.StringIO()
    call_command("demo_data", "--force", *arguments, stdout=output)
    return output.getvalue()


def demo_object() -> dict[str, Any]:
    """Run it and return the object it prints for programs."""
    printed: dict[str, Any] = json.loads(demo_data("--json"))
    return printed
