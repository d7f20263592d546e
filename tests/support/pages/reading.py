"""Reading a page as a person does."""

from __future__ import annotations

import re
from typing import Any


def text_of(response: Any) -> str:
    """Return what a page says, without its tags."""
    assert response.status_code == 200, response.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def boxes_of(page: Any) -> dict[str, tuple[bool, bool]]:
    """Return the scopes that a consent page has boxes for: whether each is ticked, and stays so."""
    return {
        scope["name"]: (scope["checked"], scope["is_required"])
        for group in page.context["scope_groups"]
        for scope in group["scopes"]
    }
