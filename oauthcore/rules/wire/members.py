"""Reading the members of a JSON object one by one, and collecting what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from oauthcore.rules.errors.sign_in import InvalidMembers
from oauthcore.rules.text.hidden_text import HiddenText

_NO_OBJECT = "This must be a JSON object."


class Members:
    """Reads known members and collects their problems; ``check`` refuses them all at once.

    An empty text or null counts as not sent. Unknown members are ignored. Raises InvalidMembers for a
    document that is not an object.
    """

    def __init__(self, document: object, *, path: str = "", problems: dict[str, str] | None = None) -> None:
        if not isinstance(document, dict):
            raise InvalidMembers(details={"body": _NO_OBJECT})
        self._path = path
        self._problems = {} if problems is None else problems
        self._sent: Mapping[str, Any] = document

    def text(self, name: str, *, most: int, is_required: bool = True) -> str:
        """Return a text exactly as it was sent; empty if it was not sent or is refused."""
        value = self._sent.get(name)
        if value is None or value == "":
            if is_required:
                self.refuse(name, "This is required.")
            return ""
        if not isinstance(value, str):
            self.refuse(name, "This must be a string.")
            return ""
        if len(value) > most:
            self.refuse(name, f"This has more than {most} characters.")
            return ""
        return value

    def secret(self, name: str, *, most: int, is_required: bool = True) -> HiddenText:
        """Return a secret text; see ``text``."""
        return HiddenText(self.text(name, most=most, is_required=is_required))

    def uuid(self, name: str, *, is_required: bool = True) -> UUID | None:
        """Return a UUID, or None if it was not sent or is refused."""
        text = self.text(name, most=100, is_required=is_required)
        try:
            return UUID(text) if text else None
        except ValueError:
            self.refuse(name, "This must be a UUID.")
            return None

    def object(self, name: str) -> Members:
        """Return the members of an object within this one."""
        sent = self._sent.get(name)
        if not isinstance(sent, dict):
            self.refuse(name, "This is required." if sent is None else _NO_OBJECT)
            return Members({})  # a missing object has no further problems
        return Members(sent, path=f"{self._path}{name}.", problems=self._problems)

    def refuse(self, name: str, problem: str) -> None:
        """Note what is wrong with a member."""
        self._problems.setdefault(f"{self._path}{name}", problem)

    def check(self) -> None:
        """Raise InvalidMembers if any problem was noted."""
        if self._problems:
            raise InvalidMembers(details=self._problems)
