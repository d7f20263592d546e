"""Static files: with digests in their names once ``collectstatic`` has run, by their own names before."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class CollectedOrNot(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Lets a page do without a digest: a missing picture would otherwise cost the whole page."""

    def hashed_name(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Return the name with its digest, or the name itself where ``collectstatic`` has made none."""
        try:
            hashed: str = super().hashed_name(name, *args, **kwargs)
        except ValueError:
            if self._new_files is not None:
                raise
            return name
        return hashed
