"""Safe parsing of JSON from strangers (RFC 8259, with limits as in its §9).

No Python loop reads the text character by character: for 1 MiB that takes a large part of a second.
"""

from __future__ import annotations

import json
import re
from array import array
from itertools import accumulate
from math import isfinite
from typing import Any, NoReturn

from oauthcore.rules.errors.oauth import InvalidRequest

#: The deepest nesting: more than any document of ours, and far less than Python's parser can take.
_DEEPEST = 32
_LONGEST_NUMBER = 100

#: An opening bracket becomes 1, a closing bracket becomes -1 (as a signed byte).
_LEVELS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
#: Each character that a number may have becomes 1, and each other character becomes 0.
_NUMBERS = bytes(b"01"[byte in b"+-.0123456789Ee"] for byte in range(256))
_TOO_LONG_NUMBER = b"1" * (_LONGEST_NUMBER + 1)
_EXPONENT = re.compile(rb"\d[eE]")
#: An escape of half a surrogate pair without the other half.
_HALF_PAIR = re.compile(
    rb"\\u[dD](?:[89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u[dD])[c-fC-F])", re.DOTALL
)


def loads(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8.

    Raises InvalidRequest for other encodings, deep nesting, a repeated member, NaN, huge numbers, NUL
    characters and lone surrogates.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("The JSON body is not valid UTF-8.") from None
    # Each remaining backslash begins an escape, and each quotation mark begins or ends a string.
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
    """Refuse deep nesting, because the parser is recursive."""
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
    """Return a number. With few digits, only a number with an exponent can be too large."""
    number = float(text)
    if not isfinite(number):
        raise InvalidRequest("A number in the JSON body is too large.")
    return number


def _refuse_odd_text(marked: bytes) -> None:
    """Refuse lone surrogates and NUL, which only escapes can bring into a string."""
    if b"\\u0000" in marked or _HALF_PAIR.search(marked):
        raise InvalidRequest("The JSON body holds a NUL character or half of a surrogate pair.")
