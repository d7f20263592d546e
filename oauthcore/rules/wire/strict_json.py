"""JSON as strangers send it, read so that nothing they send can hurt (RFC 8259, and the limits of its §9)."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn

from oauthcore.rules.errors.oauth import InvalidRequest

#: Deeper than any document of ours, and far from the interpreter's own limit.
_DEEPEST = 32
_LONGEST_NUMBER = 100


def loads(body: bytes) -> Any:
    """Return the value a UTF-8 JSON text stands for.

    Raises InvalidRequest for other encodings, too deep nesting, a member given twice, NaN, huge numbers, NUL
    characters and lone surrogates.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("The JSON body is not valid UTF-8.") from None
    _refuse_depth(text)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_constant,
            parse_int=_short_integer,
            parse_float=_short_float,
        )
    except InvalidRequest:
        raise
    except ValueError:
        raise InvalidRequest("The body is not valid JSON.") from None
    _refuse_odd_text(document)
    return document


def _refuse_depth(text: str) -> None:
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise InvalidRequest(f"The JSON body is nested deeper than {_DEEPEST} levels.")
        elif character in "]}":
            depth -= 1


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidRequest("The JSON body gives a member more than once.")
    return members


def _refuse_constant(_: str) -> NoReturn:
    raise InvalidRequest("NaN and Infinity are not JSON.")


def _short_integer(text: str) -> int:
    return int(_short(text))


def _short_float(text: str) -> float:
    number = float(_short(text))
    if not isfinite(number):
        raise InvalidRequest("A number in the JSON body is too large.")
    return number


def _short(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise InvalidRequest(f"A number in the JSON body has more than {_LONGEST_NUMBER} digits.")
    return text


def _refuse_odd_text(document: Any) -> None:
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str) and (not _is_unicode(value) or "\x00" in value):
            raise InvalidRequest("The JSON body holds a NUL character or half of a surrogate pair.")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
