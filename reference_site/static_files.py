"""Static files. After ``collectstatic`` their names have digests; before, they have their own names."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedOrNot(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Allows files without a digest. Otherwise one missing picture would make the whole page fail."""

    def hashed_name(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Return the name with its digest, or the name itself if ``collectstatic`` has made no digest."""
        try:
            hashed: str = super().hashed_name(name, *args, **kwargs)
        except ValueError:
            if self._new_files is not None:
                raise
            return name
        return hashed
