"""JSON as strangers send it, read so that nothing they send can hurt (RFC 8259, and the limits of its §9).

Nothing here goes through a text character by character: that cost anybody's mebibyte a good part of a second.
"""

from __future__ import annotations

import json
import re
from array import array
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn

from oauthcore.rules.errors.oauth import InvalidRequest

#: Deeper than any document of ours, and far from what the parser of any Python can take.
_DEEPEST = 32
_LONGEST_NUMBER = 100

#: One level down for each bracket that opens, and one up (-1 as a signed byte) for each that closes.
_LEVELS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
#: Each character that a number may have as a 1, and each other as a 0.
_NUMBERS = bytes(b"01"[byte in b"+-.0123456789Ee"] for byte in range(256))
_TOO_LONG_NUMBER = b"1" * (_LONGEST_NUMBER + 1)
_EXPONENT = re.compile(rb"\d[eE]")
#: The escape of the first half of a surrogate pair without the second, or of the second without the first.
_HALF_PAIR = re.compile(
    rb"\\u[dD](?:[89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u[dD])[c-fC-F])", re.DOTALL
)


def loads(body: bytes) -> Any:
    """Return the value a UTF-8 JSON text stands for.

    Raises InvalidRequest for other encodings, too deep nesting, a member given twice, NaN, huge numbers, NUL
    characters and lone surrogates.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("The JSON body is not valid UTF-8.") from None
    # Each backslash that is left begins an escape, and each quotation mark a string or the end of one.
    marked = body.replace(b"\\\\", b"__").replace(b'\\"', b"__")
    beside_strings = b" ".join(marked.split(b'"')[::2])
    _refuse_depth(beside_strings)
    _refuse_long_numbers(beside_strings)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            parse_float=_finite if _EXPONENT.search(beside_strings) else None,
        )
    except InvalidRequest:
        raise
    except ValueError:
        raise InvalidRequest("The body is not valid JSON.") from None
    _refuse_odd_text(marked)
    return document


def _refuse_depth(beside_strings: bytes) -> None:
    """Refuse nesting that the parser would follow down the stack, however far."""
    levels = accumulate(array("b", beside_strings.translate(_LEVELS, _NO_BRACKETS)))
    if _DEEPEST + 1 in levels:
        raise InvalidRequest(f"The JSON body is nested deeper than {_DEEPEST} levels.")


def _refuse_long_numbers(beside_strings: bytes) -> None:
    if _TOO_LONG_NUMBER in beside_strings.translate(_NUMBERS):
        raise InvalidRequest(f"A number in the JSON body has more than {_LONGEST_NUMBER} digits.")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidRequest("The JSON body gives a member more than once.")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise InvalidRequest("NaN and Infinity are not JSON.")


def _finite(text: str) -> float:
    """Return a number; only one with an exponent can be too large, so long as it has few digits."""
    number = float(text)
    if not isfinite(number):
        raise InvalidRequest("A number in the JSON body is too large.")
    return number


def _refuse_odd_text(marked: bytes) -> None:
    """Refuse what only escapes can bring into a string: valid UTF-8 holds no half of a pair, JSON no NUL."""
    if b"\\u0000" in marked or _HALF_PAIR.search(marked):
        raise InvalidRequest("The JSON body holds a NUL character or half of a surrogate pair.")
