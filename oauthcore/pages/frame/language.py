"""The language of a page where the link asks for one: Mastodon's ``lang``, OpenID's ``ui_locales``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.utils import translation

from oauthcore.rules.wire.parameters import Parameters

#: The parameters of a link that ask for a language.
LANGUAGE_PARAMETERS = ("lang", "ui_locales")
#: More languages than this are not looked at.
_MOST_LANGUAGES = 20


def languages_in(parameters: Parameters) -> tuple[str, ...]:
    """Return the languages that were asked for, the most wanted first: ``lang``, then ``ui_locales``.

    ``ui_locales`` is a list with spaces between (OpenID Connect Core §3.1.2.1).
    """
    asked = " ".join(parameters.get(name) or "" for name in LANGUAGE_PARAMETERS)
    return tuple(list(filter(None, asked.split(" ")))[:_MOST_LANGUAGES])


@contextmanager
def spoken(languages: Iterable[str]) -> Iterator[None]:
    """Use the first of the languages that the site has while the block runs; ignore all others."""
    code = next(filter(None, map(_supported, languages)), None)
    if code is None:
        yield
        return
    with translation.override(code):
        yield


def _supported(language: str) -> str | None:
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return None
