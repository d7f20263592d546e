"""The OpenAPI description of the site, made once in each process, because only code and settings make it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer


@dataclass(frozen=True)
class Document:
    """The description as it is served, and its ETag."""

    text: bytes
    etag: str

    @property
    def members(self) -> dict[str, Any]:
        """The description as a dict."""
        found: dict[str, Any] = json.loads(self.text)
        return found


@cache
def document() -> Document:
    """Return the description of the site, in the site's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    plain = json.loads(OpenApiJsonRenderer().render(made))
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
    return Document(text, f'"{sha256(text).hexdigest()[:32]}"')
