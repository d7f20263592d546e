"""Requests that are second by a moment."""

from __future__ import annotations

from typing import Any

import pytest


def let_others_go_first(monkeypatch: pytest.MonkeyPatch, model: Any, others: Any) -> None:
    """Let somebody else act in the moment before a code or token is used."""
    use = model.use

    def use_second(self: Any, *args: Any, **values: Any) -> bool:
        monkeypatch.setattr(model, "use", use)
        others()
        return bool(use(self, *args, **values))

    monkeypatch.setattr(model, "use", use_second)
