"""Picture files: what one really is, and the renditions made of it.

Nothing here believes a name or a media type that came with a file.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import IO, cast

from django.conf import settings
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from reference_site.photos import containers
from reference_site.photos.models.images import MediaType

_FORMATS = {"JPEG": MediaType.JPEG, "PNG": MediaType.PNG, "WEBP": MediaType.WEBP}
_SAVE_OPTIONS: dict[str, dict[str, int]] = {"JPEG": {"quality": 90}, "PNG": {}, "WEBP": {"quality": 90}}
_THUMBNAIL_SIDE = 512


class NotAPicture(Exception):
    """A file the library does not take; the message says why, in words for the client."""


@dataclass(frozen=True)
class Picture:
    """A file known to be a whole picture of a kind and size the library takes."""

    media_type: MediaType
    width: int
    height: int


def inspect(file: IO[bytes]) -> Picture:
    """Return what the file is; raise NotAPicture unless it is a whole JPEG, PNG or WebP of a decent size.

    The size is read from the header first, so that a decompression bomb is refused before anything is
    decoded.
    """
    try:
        picture = _read_header(file)
        containers.check_png(file)
        _decode(file)
    except NotAPicture:
        raise
    except containers.BadContainer as error:
        raise NotAPicture("The file is not whole, or holds too much beside the picture.") from error
    except Exception as error:  # decoders raise whatever a broken file makes them raise
        raise NotAPicture("The file is not a whole JPEG, PNG or WebP picture.") from error
    finally:
        file.seek(0)
    return picture


def _read_header(file: IO[bytes]) -> Picture:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pillow.DecompressionBombWarning)
            opened = _open(containers.Head(file))
    except UnidentifiedImageError:
        raise NotAPicture("The file is not a JPEG, PNG or WebP picture.") from None
    except Pillow.DecompressionBombError:
        raise NotAPicture(_too_many_pixels()) from None
    if opened.width * opened.height > settings.PHOTO_MAX_PIXELS:
        raise NotAPicture(_too_many_pixels())
    return Picture(_FORMATS[str(opened.format)], opened.width, opened.height)


def _too_many_pixels() -> str:
    return f"The picture has more than {settings.PHOTO_MAX_PIXELS} pixels."


def _decode(file: IO[bytes]) -> None:
    file.seek(0)
    head = containers.Head(file)
    opened = _open(head)
    head.is_limited = False
    # A JPEG can be decoded at an eighth of its size: all of it is read, with a sixty-fourth of the memory.
    opened.draft(None, (opened.width // 8, opened.height // 8))
    opened.load()


def _open(head: containers.Head) -> Pillow.Image:
    return Pillow.open(cast("IO[bytes]", head), formats=list(_FORMATS))


def cropped(file: IO[bytes], crop: dict[str, int]) -> io.BytesIO:
    """Return a file with the named part of a picture, in the same format."""
    with Pillow.open(file, formats=list(_FORMATS)) as opened:
        left, top = crop["x"], crop["y"]
        part = opened.crop((left, top, left + crop["width"], top + crop["height"]))
        return _saved(part, str(opened.format))


def thumbnail(file: IO[bytes], crop: dict[str, int] | None) -> io.BytesIO:
    """Return a file with a small version of a picture, of its crop where it has one, in the same format."""
    with Pillow.open(file, formats=list(_FORMATS)) as opened:
        part: Pillow.Image = opened
        if crop:
            left, top = crop["x"], crop["y"]
            part = opened.crop((left, top, left + crop["width"], top + crop["height"]))
        part.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
        return _saved(part, str(opened.format))


def _saved(picture: Pillow.Image, file_format: str) -> io.BytesIO:
    file = io.BytesIO()
    picture.save(file, file_format, **_SAVE_OPTIONS[file_format])
    file.seek(0)
    return file
