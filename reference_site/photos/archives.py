"""Zip archives, sent while they are built: nothing is kept but the piece under way."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC

from django.core.files.storage import default_storage

from reference_site.photos.filenames import plain_name
from reference_site.photos.models import Image
from reference_site.photos.models.images import MediaType
from reference_site.photos.streaming import CHUNK, Chunks


class _Outlet(io.RawIOBase):
    """A file that can only be written to, and hands on what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: object) -> int:
        self._pieces.append(bytes(piece))  # type: ignore[call-overload]
        return len(self._pieces[-1])

    def take(self) -> bytes:
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def archive(images: Iterable[Image], *, still_live: Callable[[], None]) -> Chunks:
    """Yield a zip of the images' files, stored as they are: pictures do not shrink."""
    outlet, names = _Outlet(), Counter[str]()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as built:
        for image in images:
            with (
                built.open(_entry(image, names), "w") as entry,
                default_storage.open(str(image.file.name)) as file,
            ):
                while piece := file.read(CHUNK):
                    entry.write(piece)
                    yield outlet.take()
                    still_live()
    yield outlet.take()


def _entry(image: Image, names: Counter[str]) -> zipfile.ZipInfo:
    """Describe one member; a name that came before gets the image's UUID as well.

    Names are made plain here too: a row may be older than that rule.
    """
    name = plain_name(image.filename, image.uuid, MediaType(image.media_type))
    names[name.casefold()] += 1
    if names[name.casefold()] > 1:
        stem, _, ending = name.rpartition(".")
        name = f"{stem} ({image.uuid}).{ending}"
    entry = zipfile.ZipInfo(name, date_time=image.created_at.astimezone(UTC).timetuple()[:6])
    entry.file_size = image.bytes
    entry.external_attr = 0o644 << 16
    return entry
