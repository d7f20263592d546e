"""What surrounds a picture in its file: looked at piece by piece, because decoders would hold it all.

Pillow keeps every segment of a JPEG's head, every chunk of a PNG and the whole of a WebP in memory. A file
may hold hundreds of megabytes of such things and a picture of a few pixels.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO

#: More than cameras write beside a picture: previews, profiles, edits. Decoders make some copies of it.
_MOST_BESIDE = 12 * 1024 * 1024
_PIECE = 64 * 1024
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


class BadContainer(Exception):
    """The file is no whole picture, or holds too much beside one."""


class Head:
    """A file that a picture library may read only as far as its head; then all of it.

    The limit holds for as long as ``is_limited`` says so.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, _MOST_BESIDE
        self.is_limited = True

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes at the most, or all; raise BadContainer beyond the limit."""
        if not self.is_limited:
            return self._file.read(size)
        piece = self._file.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise BadContainer
        return piece

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._file.tell()


def check_png(file: IO[bytes]) -> None:
    """Raise BadContainer unless the file's chunks are whole and hold little beside the picture (PNG §5).

    A file of another format is passed over.
    """
    file.seek(0)
    if file.read(len(_PNG_SIGNATURE)) != _PNG_SIGNATURE:
        return
    room, kind = _MOST_BESIDE + _most_data(file), b""
    while kind != b"IEND":
        head = file.read(8)
        if len(head) < 8:
            raise BadContainer
        length, kind = struct.unpack(">I4s", head)
        room -= length
        if room < 0 or _checksum(file, kind, length) != file.read(4):
            raise BadContainer


def _most_data(file: IO[bytes]) -> int:
    """Return how much the picture's own data can be: its pixels as they are, in deflate's stored blocks."""
    start = file.tell()
    header = file.read(8 + 13)
    file.seek(start)
    if len(header) < 8 + 13 or header[4:8] != b"IHDR":
        raise BadContainer
    width, height, depth, colour = struct.unpack(">IIBB", header[8:18])
    pixels: int = height * (width * depth * _CHANNELS.get(colour, 0) // 8 + 2)
    return pixels + pixels // 1000


def _checksum(file: IO[bytes], kind: bytes, length: int) -> bytes:
    checksum = zlib.crc32(kind)
    while length and (piece := file.read(min(length, _PIECE))):
        checksum = zlib.crc32(piece, checksum)
        length -= len(piece)
    return struct.pack(">I", checksum)
