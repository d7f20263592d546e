"""Names of files that mean one plain file in the folder at hand, wherever they are unpacked or saved."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PureWindowsPath
from uuid import UUID

from reference_site.photos.models.images import MediaType

_LONGEST = 200

#: What Windows takes for a drive, a folder, a stream or a pattern, and what it takes for a device.
_ODD = frozenset('<>:"/\\|?*')
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)


def plain_name(given: str, uuid: UUID, media_type: MediaType) -> str:
    """Return the name of a picture's file: the given one without folder and drive, or else its UUID.

    It ends as the picture deserves. A name such as ``C:evil.png`` or ``..\\evil.png`` would be unpacked
    somewhere else on Windows.
    """
    stem = PureWindowsPath(given).stem
    kept = "".join(one for one in unicodedata.normalize("NFC", stem) if one.isprintable() and one not in _ODD)
    kept = kept.strip(" .")[: _LONGEST - 5].rstrip(" .")
    return f"{uuid if not kept or _DEVICES.fullmatch(kept) else kept}.{media_type.extension}"
