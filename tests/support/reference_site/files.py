"""What the reference site has stored."""

from __future__ import annotations

from pathlib import Path


def stored_files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]
