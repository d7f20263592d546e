"""Reading and keeping ``docs/performance/figures.json``."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/performance"
KEPT = FOLDER / "figures.json"

Figures = dict[str, Any]
"""What was measured, by part: ``marks``, ``field``, ``load``, ``memory``."""


def kept() -> Figures:
    """Return what was measured last."""
    figures: Figures = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    return figures


def keep(measured: Figures) -> Figures:
    """Keep the parts that were measured, beside those of earlier runs; return all."""
    figures = kept() | measured
    FOLDER.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(_rounded(figures), indent=1, ensure_ascii=False) + "\n")
    return kept()


def digest(part: Any) -> str:
    """Return what tells one state of figures from another."""
    return sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:16]


def _rounded(value: Any) -> Any:
    """Return the figures with no more digits than mean something."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {name: _rounded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_rounded(member) for member in value]
    return value
