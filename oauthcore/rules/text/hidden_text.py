"""Secrets as values: passwords, codes and tokens are wrapped where they enter, and opened where needed.

A variable that holds a ``HiddenText`` shows nothing in an error report, a log or a debugger. A
library that needs a ``str`` is given the ``ClearText`` that ``reveal`` returns.
"""

from __future__ import annotations

import hmac
from typing import NoReturn, SupportsIndex


class ClearText(str):
    """A secret that was opened: a text like any other, except that its ``repr`` hides it.

    Error reports show the variables of each frame by their ``repr``, those of libraries too. So does Django's
    log of a variable that a template does not find. What is cut from it or joined to it is a plain text.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class HiddenText:
    """A secret: it shows nothing of itself, compares in constant time, and is neither pickled nor JSON.

    An empty one is false. ``reveal`` opens it: call it only where the secret is digested, hashed, compared
    or written into the one answer that it is for, and keep no variable of what it returns.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> ClearText:
        """Return the secret in clear."""
        return ClearText(self._text)

    def startswith(self, beginning: str) -> bool:
        """Return whether the secret begins so, which says what kind of secret it is."""
        return self._text.startswith(beginning)

    def __repr__(self) -> str:
        return "'***'"

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HiddenText):
            return NotImplemented
        return hmac.compare_digest(_as_bytes(self._text), _as_bytes(other._text))

    __hash__ = None  # type: ignore[assignment]  # a set or a dict would compare it in another way

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a hidden text is not pickled or copied: reveal it where it is used")


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
