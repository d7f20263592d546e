"""Second factors of a site's own that are broken."""

from __future__ import annotations

from typing import Any


class BrokenFactor:
    """Cannot say what anybody has."""

    def methods_of(self, user: Any) -> list[str]:
        raise ConnectionError("the other machine does not answer")

    def use(self, user: Any, code: str) -> str | None:
        return "totp"


class BrokenCode:
    """Cannot look at a code."""

    def methods_of(self, user: Any) -> list[str]:
        return ["totp"]

    def use(self, user: Any, code: str) -> str | None:
        raise ConnectionError("the other machine does not answer")
