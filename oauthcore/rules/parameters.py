"""Parameters of a request, read strictly: a form body, a query string or a JSON object (RFC 6749 §3.1, §3.2).

A known parameter may come once, an empty one counts as not sent, unknown ones are passed over however often
they come.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from oauthcore.rules.errors import InvalidRequest

_MOST_FIELDS = 1000


@dataclass(frozen=True, repr=False)
class Parameters:
    """The known parameters that were sent, each once; ``repeated`` names those that came more than once."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()

    def get(self, name: str) -> str | None:
        """Return the value, or None when the parameter was not sent or was empty."""
        return self.values.get(name)

    def require(self, name: str) -> str:
        """Return the value; raise InvalidRequest when the parameter was not sent."""
        value = self.values.get(name)
        if value is None:
            raise InvalidRequest(f"The parameter {name} is required.")
        return value

    def refuse_repeated(self) -> Parameters:
        """Return these parameters; raise InvalidRequest when one came more than once (RFC 6749 §3.2)."""
        if self.repeated:
            raise InvalidRequest(f"The parameter {min(self.repeated)} was sent more than once.")
        return self


def collect(pairs: Iterable[tuple[str, str]], known: Collection[str]) -> Parameters:
    """Keep the known parameters of all that were sent; raise InvalidRequest for a NUL in any of them."""
    values: dict[str, str] = {}
    seen: set[str] = set()
    repeated: set[str] = set()
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise InvalidRequest("A parameter holds a NUL character.")
        if name not in known:
            continue
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value:
            values[name] = value
    return Parameters({n: v for n, v in values.items() if n not in repeated}, frozenset(repeated))


def parse_urlencoded(text: str, known: Collection[str]) -> Parameters:
    """Read ``application/x-www-form-urlencoded`` text; raise InvalidRequest where it is not UTF-8."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        raise InvalidRequest("The parameters are not valid UTF-8.") from None
    except ValueError:
        raise InvalidRequest(f"More than {_MOST_FIELDS} parameters were sent.") from None
    return collect(pairs, known)


def from_json(document: object, known: Collection[str]) -> Parameters:
    """Read the members of a JSON object as parameters; numbers and booleans count as their text.

    Raises InvalidRequest when the document is no object or a known member is a list or an object.
    """
    if not isinstance(document, dict):
        raise InvalidRequest("The JSON body must be an object.")
    return collect(
        ((name, _as_text(name, value)) for name, value in document.items() if name in known), known
    )


def _as_text(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str() | int():
            return str(value)
        case _:
            raise InvalidRequest(f"The parameter {name} must be a string.")


def as_boolean(text: str | None, name: str) -> bool:
    """Read a boolean in any case; raise InvalidRequest for anything but true, false, 1, 0, or nothing."""
    value = (text or "false").lower()
    if value not in ("true", "false", "1", "0"):
        raise InvalidRequest(f"The parameter {name} must be true or false.")
    return value in ("true", "1")
