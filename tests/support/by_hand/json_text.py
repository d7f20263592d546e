"""JSON as RFC 8259 writes it, character by character, with the limits of ``rules.wire.strict_json``."""

from __future__ import annotations

from typing import Any

from tests.support.by_hand import Refused

_DEEPEST, _LONGEST_NUMBER = 32, 100
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}


def read(body: bytes) -> Any:
    """Return the value of a JSON text in UTF-8; raise Refused."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused from None
    reader = _Reader(text)
    value = reader.value(1)
    reader.skip()
    if reader.at != len(text):
        raise Refused
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, wanted: str = "") -> str:
        found = self.peek()
        if not found or (wanted and found != wanted):
            raise Refused
        self.at += 1
        return found

    def skip(self) -> None:
        while self.peek() in (" ", "\t", "\n", "\r"):
            self.at += 1

    def value(self, depth: int) -> Any:
        self.skip()
        first = self.peek()
        if first in ("{", "[") and depth > _DEEPEST:
            raise Refused
        if first == "{":
            return self.object(depth)
        if first == "[":
            return self.array(depth)
        if first == '"':
            return self.string()
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return meaning
        return self.number()

    def array(self, depth: int) -> list[Any]:
        found: list[Any] = []
        self.take("[")
        self.skip()
        while self.peek() != "]":
            if found:
                self.take(",")
            found.append(self.value(depth + 1))
            self.skip()
        self.take("]")
        return found

    def object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        self.take("{")
        self.skip()
        while self.peek() != "}":
            if found:
                self.take(",")
                self.skip()
            name = self.string()
            if name in found:
                raise Refused
            self.skip()
            self.take(":")
            found[name] = self.value(depth + 1)
            self.skip()
        self.take("}")
        return found

    def string(self) -> str:
        units: list[str] = []
        self.take('"')
        while (one := self.take()) != '"':
            if one < " ":
                raise Refused
            units.append(self.escape() if one == "\\" else one)
        return _whole("".join(units))

    def escape(self) -> str:
        one = self.take()
        if one != "u":
            if one not in _ESCAPES:
                raise Refused
            return _ESCAPES[one]
        digits = "".join(self.take() for _ in range(4))
        if not set(digits) <= set("0123456789abcdefABCDEF"):
            raise Refused
        return chr(int(digits, 16))

    def number(self) -> int | float:
        begin = self.at
        if self.peek() == "-":
            self.at += 1
        if self.peek() == "0":
            self.at += 1
        else:
            self.digits()
        is_whole = True
        if self.peek() == ".":
            self.at, is_whole = self.at + 1, False
            self.digits()
        if self.peek() in ("e", "E"):
            self.at, is_whole = self.at + 1, False
            if self.peek() in ("+", "-"):
                self.at += 1
            self.digits()
        text = self.text[begin : self.at]
        if len(text) > _LONGEST_NUMBER:
            raise Refused
        found = int(text) if is_whole else float(text)
        if found in (float("inf"), float("-inf")):
            raise Refused
        return found

    def digits(self) -> None:
        if self.peek() not in set("0123456789"):
            raise Refused
        while self.peek() in set("0123456789"):
            self.at += 1


def _whole(text: str) -> str:
    """Join pairs of surrogates; refuse a half of one, and NUL."""
    found, at = "", 0
    while at < len(text):
        one, following = text[at], text[at + 1 : at + 2]
        if "\ud800" <= one <= "\udbff" and "\udc00" <= following <= "\udfff":
            found += chr(0x10000 + ((ord(one) - 0xD800) << 10) + ord(following) - 0xDC00)
            at += 2
        elif one == "\x00" or "\ud800" <= one <= "\udfff":
            raise Refused
        else:
            found, at = found + one, at + 1
    return found
