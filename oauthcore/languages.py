"""The languages of the site: which of them a text is said in while pages and mails are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext_noop

from oauthcore.rules.text.sentences import Sentence
from oauthcore.rules.text.sizes import split

_UNITS = {"KB": gettext_noop("%s KB"), "MB": gettext_noop("%s MB"), "GB": gettext_noop("%s GB")}


@contextmanager
def spoken(languages: Iterable[str]) -> Iterator[None]:
    """Use the first of the languages that the site has while the block runs; ignore all others."""
    code = next(filter(None, map(supported, languages)), None)
    if code is None:
        yield
        return
    with translation.override(code):
        yield


@contextmanager
def spoken_to(language: str) -> Iterator[None]:
    """Use a person's language while the block runs, or the site's own if it is empty or not the site's.

    The language of the request or the command around it does not count: it is somebody else's.
    """
    with translation.override(supported(language) or django_settings.LANGUAGE_CODE):
        yield


def supported(language: str) -> str | None:
    """Return the language among ``LANGUAGES`` that comes nearest to a code, such as ``de`` for ``de-AT``."""
    try:
        return translation.get_supported_language_variant(language)
    except LookupError:
        return None


def translated(problem: object) -> str:
    """Return what a rule says is wrong, in the language of the page; other texts stay as they are.

    Of an exception, the first argument counts.
    """
    said = problem.args[0] if isinstance(problem, Exception) else problem
    if not isinstance(said, Sentence):
        return str(said)
    pattern = translation.gettext(said.pattern)
    return pattern % said.values if said.values else pattern


def translated_error(error: ValidationError) -> ValidationError:
    """Return an error of a model, with its text in the language of the page.

    Errors of Django stay as they are: they choose the words for a number when they are shown.
    """
    if not isinstance(error.message, Sentence):
        return error
    return ValidationError(translated(error.message), error.code, error.params)


def size_in_words(size: int) -> str:
    """Return a size exactly, in the largest unit that gives a whole number. The units are Django's texts."""
    number, unit = split(size)
    if unit == "bytes":
        return translation.ngettext("%(size)d byte", "%(size)d bytes", number) % {"size": number}
    return translation.gettext(_UNITS[unit]) % number_format(number)
