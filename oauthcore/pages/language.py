"""The language a page is shown in where the link asks for one: Mastodon's ``lang`` parameter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import translation


@contextmanager
def spoken(lang: str | None) -> Iterator[None]:
    """Speak a language if the site has it, for as long as the block lasts; anything else is passed over."""
    try:
        code = translation.get_supported_language_variant(lang or "")
    except LookupError:
        yield
        return
    with translation.override(code):
        yield
