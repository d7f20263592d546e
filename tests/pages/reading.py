"""Reading a page as a person does."""

from __future__ import annotations

import re
from typing import Any


def text_of(response: Any) -> str:
    """Return what a page says, without its tags."""
    assert response.status_code == 200, response.content
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))
