"""Parameters of a request, read strictly: a form body, a query string or a JSON object (RFC 6749 §3.1, §3.2).

A known parameter may come once, unless its specification allows several. An empty parameter counts as not
sent. Unknown parameters are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.text.hidden_text import HiddenText

_MOST_FIELDS = 1000

#: The parameters with a secret, at every endpoint. They are wrapped when they are read.
SECRETS = frozenset(
    [
        "access_token",
        "actor_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "mfa_token",
        "password",
        "refresh",
        "refresh_token",
        "subject_token",
        "token",
    ]
)


@dataclass(frozen=True, repr=False)
class Parameters:
    """The known parameters that were sent. ``repeated`` names those that came more than once.

    ``lists`` has the parameters that may come several times, and ``secrets`` those with a secret.
    """

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    secrets: Mapping[str, HiddenText] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """Return the value, or None if it was not sent or was empty. For a secret, use :meth:`secret`."""
        if name in self.secrets:
            raise LookupError(f"{name} is secret: read it with secret()")
        return self.values.get(name)

    def secret(self, name: str) -> HiddenText | None:
        """Return the value of a secret parameter, or None when it was not sent or was empty."""
        return self.secrets.get(name)

    def is_sent(self, name: str) -> bool:
        """Return whether a parameter was sent, secret or not, and is not empty."""
        return name in self.values or name in self.secrets

    def require(self, name: str) -> str:
        """Return the value; raise InvalidRequest when the parameter was not sent."""
        value = self.get(name)
        if value is None:
            raise _missing(name)
        return value

    def require_secret(self, name: str) -> HiddenText:
        """Return the value of a secret parameter; raise InvalidRequest when it was not sent."""
        value = self.secrets.get(name)
        if value is None:
            raise _missing(name)
        return value

    def require_sent(self, name: str) -> None:
        """Raise InvalidRequest when the parameter, secret or not, was not sent."""
        if name not in self.values and name not in self.secrets:
            raise _missing(name)

    def items(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter that may come several times."""
        return self.lists.get(name, ())

    def refuse_repeated(self) -> Parameters:
        """Return these parameters; raise InvalidRequest when one came more than once (RFC 6749 §3.2)."""
        if self.repeated:
            raise InvalidRequest(f"The parameter {min(self.repeated)} was sent more than once.")
        return self


def collect(
    pairs: Iterable[tuple[str, str]],
    known: Collection[str],
    several: Collection[str] = (),
    *,
    secret: frozenset[str] = SECRETS,
) -> Parameters:
    """Return the known parameters of those that were sent; raise InvalidRequest for a NUL in any of them.

    Parameters in ``several`` may come more than once, also with ``[]`` after the name, as in form lists.
    Parameters in ``secret`` are wrapped.
    """
    values: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    seen: set[str] = set()
    repeated: set[str] = set()
    for name, value in pairs:
        if "\x00" in name or "\x00" in value:
            raise InvalidRequest("A parameter holds a NUL character.")
        if name.removesuffix("[]") in several:
            lists.setdefault(name, []).append(value)
        if name not in known:
            continue
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value:
            values[name] = value
    once = {name: value for name, value in values.items() if name not in repeated}
    secrets = {name: HiddenText(once.pop(name)) for name in secret.intersection(once)}
    return Parameters(once, frozenset(repeated), {name: _items(name, lists) for name in several}, secrets)


def _missing(name: str) -> InvalidRequest:
    return InvalidRequest(f"The parameter {name} is required.")


def _items(name: str, sent: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the values of one parameter: the items of a list, or the lines of a single text."""
    plain, listed = sent.get(name, []), sent.get(f"{name}[]", [])
    texts = lines_of(plain[0]) if len(plain) == 1 and not listed else [*plain, *listed]
    return tuple(filter(None, texts))


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without the blanks around them. A line ends with LF or CRLF.

    Python knows more line ends, but no address contains those characters.
    """
    return [line.strip(" \t") for line in re.split(r"\r?\n", text)]


def parse_urlencoded(
    text: str,
    known: Collection[str],
    several: Collection[str] = (),
    *,
    secret: frozenset[str] = SECRETS,
) -> Parameters:
    """Read ``application/x-www-form-urlencoded`` text; raise InvalidRequest if it is not UTF-8."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        raise InvalidRequest("The parameters are not valid UTF-8.") from None
    except ValueError:
        raise InvalidRequest(f"More than {_MOST_FIELDS} parameters were sent.") from None
    return collect(pairs, known, several, secret=secret)


def from_json(document: object, known: Collection[str], several: Collection[str] = ()) -> Parameters:
    """Read the members of a JSON object as parameters; numbers and booleans count as their text.

    Raises InvalidRequest if the document is not an object, or a known member is an object. A list is allowed
    only for parameters in ``several``.
    """
    if not isinstance(document, dict):
        raise InvalidRequest("The JSON body must be an object.")
    return collect(_members(document, known, several), known, several)


def _members(
    document: dict[str, object], known: Collection[str], several: Collection[str]
) -> Iterator[tuple[str, str]]:
    for name, value in document.items():
        if name in several and isinstance(value, list):
            yield from ((f"{name}[]", _as_text(name, one)) for one in value)
        elif name in known or name in several:
            yield name, _as_text(name, value)


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


def as_boolean(text: str | None, name: str, *, takes_digits: bool = True) -> bool:
    """Read a boolean in any case; None is False. Raise InvalidRequest for a text that is not a boolean.

    The booleans are true and false and, with ``takes_digits``, 1 and 0.
    """
    value = (text or "false").lower()
    if value not in (("true", "false", "1", "0") if takes_digits else ("true", "false")):
        raise InvalidRequest(f"The parameter {name} must be true or false.")
    return value in ("true", "1")
