"""Logos: uploaded pictures are redrawn, so that only their pixels are sent to others."""

from __future__ import annotations

import io
from hashlib import sha256
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.languages import size_in_words
from oauthcore.models import Application, ApplicationLogo

if TYPE_CHECKING:
    from PIL import Image

#: The most bytes of a file.
MOST_BYTES = 1024 * 1024
#: The largest width and height: decoded, each pixel takes four bytes.
MOST_POINTS = 2500

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_SIDE = 256


class NotALogo(Exception):
    """The file cannot become a logo; the message says why, in words for its developer."""


def can_draw() -> bool:
    """Return whether this site can take logos: it needs Pillow (``oauthcore[logos]``)."""
    return find_spec("PIL") is not None


def redraw(file: IO[bytes]) -> bytes:
    """Redraw a picture as a square PNG of at most 256 × 256 pixels and return its bytes.

    The size is read from the header first, so that a decompression bomb is refused before it is decoded.
    Raises NotALogo if the file is too large, broken, or not a PNG, JPEG, WebP or GIF.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        said = _("The file is larger than %(most)s. Choose a smaller one.")
        raise NotALogo(said % {"most": size_in_words(MOST_BYTES)})
    try:
        return _drawn(io.BytesIO(content))
    except NotALogo:
        raise
    except Exception as error:  # for a broken file, decoders raise all kinds of errors
        raise NotALogo(_("This file is not a complete PNG, JPEG, WebP or GIF picture.")) from error


def _drawn(file: IO[bytes]) -> bytes:
    from PIL import Image

    try:
        with Image.open(file, formats=_FORMATS) as opened:
            if max(opened.size) > MOST_POINTS:
                raise _too_large()
            return _squared(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None


def _too_large() -> NotALogo:
    return NotALogo(
        _("The picture is wider or higher than %(most)s points. Choose a smaller one.")
        % {"most": MOST_POINTS}
    )


def _squared(opened: Image.Image) -> bytes:
    from PIL import Image, ImageOps

    opened.draft("RGB", (_SIDE * 2, _SIDE * 2))
    picture = ImageOps.exif_transpose(opened).convert("RGBA")
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    side = max(picture.size)
    square = Image.new("RGBA", (side, side))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    drawn = io.BytesIO()
    square.save(drawn, "PNG", optimize=True)
    return drawn.getvalue()


def keep_logo(application: Application, png: bytes | None) -> bool:
    """Set an application's logo in the current transaction; return whether it changed.

    None removes the logo. The address of a logo contains its version, so browsers may cache it for ever.
    """
    version = "" if png is None else sha256(png).hexdigest()[:16]
    if version == application.logo_version:
        return False
    logos = ApplicationLogo.objects
    if png is None:
        logos.filter(application=application).delete()
    else:
        logos.update_or_create(application=application, defaults={"png": png, "updated_at": timezone.now()})
    application.logo_version = version
    Application.objects.filter(pk=application.pk).update(logo_version=version)
    return True


def find_logo(number: int, version: str) -> bytes | None:
    """Return the PNG of that version of an application's logo, or None: one query."""
    found = (
        ApplicationLogo.objects.filter(
            application__pk=number, application__logo_version=version, application__deleted_at=None
        )
        .values_list("png", flat=True)
        .first()
    )
    return None if found is None else bytes(found)
