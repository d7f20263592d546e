"""Names that strangers choose and people read."""

from __future__ import annotations

import re
import unicodedata

#: Control characters, lone surrogates, and line and paragraph separators.
_BARRED = {"Cc", "Cs", "Zl", "Zp"}
#: Characters that change the direction of text, so that a name could look like another name.
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
#: Characters that show nothing by themselves, by category: formats, private, unassigned, spaces and accents.
_UNSEEN = {"Cf", "Co", "Cn", "Zs", "Mn", "Me"}
#: Letters and a symbol that show nothing: the fillers of Hangul, and the empty braille cell.
_BLANK = set("\u115f\u1160\u2800\u3164\uffa0")

#: A path, a mailbox, or a dot before a possible domain. The dot may be of any script that browsers accept.
_ADDRESS = re.compile("[/@]|[.\u3002\uff0e\uff61][^\\W\\d_]{2}")

#: Characters of HTML and Markdown, and of character references.
_MARKUP = re.compile(r"[<>\[\]{}*_`~|]+")
_ENTITY = re.compile(r"&#?\w+;")
_QUOTATION_MARKS = dict.fromkeys(map(ord, '"“”„‟«»'), "’")
_LONGEST_IN_A_MAIL = 60


def as_one_line(text: str) -> str:
    """Return a text in one line, with control characters as escapes: ``\\x1b``, ``\\u202e``."""
    if text.isprintable():
        return text
    return "".join(
        one if is_plain(one) else one.encode("unicode_escape", "replace").decode("ascii") for one in text
    )


def is_plain(name: str) -> bool:
    """Return whether a name is one line, without characters that control how text is shown.

    A name of invisible characters is not plain. An empty name is plain.
    """
    is_odd = any(
        unicodedata.category(one) in _BARRED or unicodedata.bidirectional(one) in _TURNING for one in name
    )
    return not is_odd and (not name or any(map(_is_seen, name)))


def is_same(name: str, other: str) -> bool:
    """Return whether two names read the same, whatever their case, width and spaces."""
    return _as_compared(name) == _as_compared(other)


def _as_compared(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def reads_like_an_address(name: str) -> bool:
    """Return whether a mail program may turn part of a name into a link or a mail address."""
    return _ADDRESS.search(unicodedata.normalize("NFKC", name)) is not None


def harmless(name: str) -> str:
    """Return a stranger's name in the form that is safe in a mail of the site; empty if nothing is left.

    A name that reads like an address becomes empty. Other names lose markup, quotation marks and line breaks,
    and are cut to 60 characters. So no name becomes a link or ends its own quotation.
    """
    if reads_like_an_address(name):
        return ""
    plain = _MARKUP.sub(" ", _ENTITY.sub(" ", name)).translate(_QUOTATION_MARKS)
    line = re.sub(" {2,}", " ", as_one_line(plain)).strip()
    return line if len(line) <= _LONGEST_IN_A_MAIL else f"{line[:_LONGEST_IN_A_MAIL].rstrip()}…"


def quoted(name: str) -> str:
    """Return a name in quotation marks for a mail: ``“Tusky”``; empty if ``harmless`` leaves nothing."""
    said = harmless(name)
    return f"“{said}”" if said else ""


def _is_seen(one: str) -> bool:
    return unicodedata.category(one) not in _UNSEEN and one not in _BLANK
