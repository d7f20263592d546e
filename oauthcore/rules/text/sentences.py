"""Sentences about what is wrong, for two kinds of reader: programs and logs in English, people translated.

A rule says each in English. ``oauthcore.languages.translated`` says it in the language of a page. The first
argument is written out in the code, because translators get what stands there.
"""

from __future__ import annotations


class Sentence(str):
    """An English text that remembers its pattern and the values in it, such as ``%(most)s``."""

    __slots__ = ("pattern", "values")

    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, **values: object) -> Sentence:
        """Return the pattern with the values in it. Without values the pattern is the text."""
        sentence = super().__new__(cls, pattern % values if values else pattern)
        sentence.pattern, sentence.values = pattern, values
        return sentence
