"""Uploads as scripts send them: a form with a file, or the file itself."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.support.reference_site.factories import picture
from tests.support.service_tokens.making import Made

BOUNDARY = "a-boundary"
PICTURE = picture((400, 300))
_HEAD = 'Content-Disposition: form-data; name="image"; filename="beach.jpg"\r\nContent-Type: image/jpeg'
_TITLE = 'Content-Disposition: form-data; name="title"'
FORM = b"".join(
    [
        f"--{BOUNDARY}\r\n{_HEAD}\r\n\r\n".encode(),
        PICTURE,
        f"\r\n--{BOUNDARY}\r\n{_TITLE}\r\n\r\nBeach\r\n--{BOUNDARY}--\r\n".encode(),
    ]
)

#: Media type and body of either way.
WAYS = {"form": (f"multipart/form-data; boundary={BOUNDARY}", FORM), "raw": ("image/jpeg", PICTURE)}


def upload(
    made: Made, way: str, *, keep: int | None = None, declared: int | None = None, **extra: Any
) -> Any:
    """Send an upload of which only so many bytes come, and as many as said are declared."""
    content_type, body = WAYS[way]
    sent = {
        "content_type": content_type,
        "wsgi.input": BytesIO(body[:keep]),
        "CONTENT_LENGTH": str(declared or len(body)),
    }
    return made.ask("POST", "/v1/uploads", body, **{**sent, **extra})
