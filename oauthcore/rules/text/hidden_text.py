"""Secrets as values: passwords, codes and tokens are wrapped when they are read, and revealed when needed.

A ``HiddenText`` shows nothing in an error report, a log or a debugger. A library that needs a ``str`` gets
the ``ClearText`` that ``reveal`` returns.
"""

from __future__ import annotations

import hmac
from typing import NoReturn, SupportsIndex


class ClearText(str):
    """A revealed secret: an ordinary text, except that its ``repr`` hides it.

    Error reports show the variables of each frame by their ``repr``, in libraries too. So does Django's log
    of a variable that a template does not find. A slice or a concatenation of it is a plain ``str``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


class HiddenText:
    """A secret: its ``repr`` hides it, it compares in constant time, and it cannot be pickled or become JSON.

    An empty secret is false. Call ``reveal`` only to digest, hash or compare the secret, or to write it into
    the one answer that it is for. Keep no variable with the result.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> ClearText:
        """Return the secret in clear."""
        return ClearText(self._text)

    def startswith(self, beginning: str) -> bool:
        """Return whether the secret begins with this text: its beginning says what kind of secret it is."""
        return self._text.startswith(beginning)

    def __repr__(self) -> str:
        return "'***'"

    def __len__(self) -> int:
        return len(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HiddenText):
            return NotImplemented
        return hmac.compare_digest(_as_bytes(self._text), _as_bytes(other._text))

    __hash__ = None  # type: ignore[assignment]  # a set or a dict would not compare it in constant time

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a hidden text is not pickled or copied: reveal it where it is used")


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
