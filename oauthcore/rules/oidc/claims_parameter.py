"""The parameter ``claims``: which claims an application wants, and where (OpenID Connect Core §5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.wire import strict_json

#: The longest text of the parameter, in bytes of UTF-8.
LONGEST = 4096

_AN_OBJECT = "The parameter claims must be a JSON object with the members userinfo and id_token."
_NAMES = "The members userinfo and id_token of claims have the names of claims, each with null or an object."


@dataclass(frozen=True)
class WantedClaim:
    """How a claim is wanted. It is essential or only wished for; ``values`` are those that it may have."""

    is_essential: bool = False
    values: tuple[Any, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Those of its values that are texts, in order."""
        return tuple(one for one in self.values if isinstance(one, str))


_ANY_VALUE = WantedClaim()


@dataclass(frozen=True)
class ClaimsParameter:
    """The claims wanted in the answer of the userinfo endpoint, and those wanted in the id token."""

    userinfo: Mapping[str, WantedClaim] = field(default_factory=dict)
    id_token: Mapping[str, WantedClaim] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> ClaimsParameter:
        """Read the parameter. Raises InvalidRequest if it is too long, is not JSON, or has another form.

        Unknown claims and unknown members are ignored, not refused (§5.5, §5.5.1).
        """
        if text is None:
            return cls()
        body = text.encode("utf-8", "surrogatepass")
        if len(body) > LONGEST:
            raise InvalidRequest(f"The parameter claims has more than {LONGEST} bytes.")
        try:
            document = strict_json.loads(body)
        except InvalidRequest:
            raise InvalidRequest(_AN_OBJECT) from None
        if not isinstance(document, dict):
            raise InvalidRequest(_AN_OBJECT)
        return cls(_wanted(document.get("userinfo")), _wanted(document.get("id_token")))

    @property
    def acr(self) -> WantedClaim:
        """How strong the login should be (§5.5.1.1)."""
        return self.id_token.get("acr", _ANY_VALUE)

    @property
    def needs_time_of_login(self) -> bool:
        """Whether the id token must say when the person logged in."""
        return self.id_token.get("auth_time", _ANY_VALUE).is_essential

    @property
    def names_subjects(self) -> bool:
        """Whether it names the people for whom the request is."""
        return any("sub" in place for place in (self.userinfo, self.id_token))

    def allows_subject(self, subject: str) -> bool:
        """Return whether the request names this person, or nobody (§5.5.1)."""
        named = (place["sub"].values for place in (self.userinfo, self.id_token) if "sub" in place)
        return all(subject in values for values in named if values)


def _wanted(place: object) -> Mapping[str, WantedClaim]:
    if place is None:
        return {}
    if not isinstance(place, dict):
        raise InvalidRequest(_NAMES)
    return {name: _claim(how) for name, how in place.items()}


def _claim(how: object) -> WantedClaim:
    if how is None:
        return _ANY_VALUE
    if not isinstance(how, dict):
        raise InvalidRequest(_NAMES)
    is_essential, values = how.get("essential", False), how.get("values", [])
    if not isinstance(is_essential, bool):
        raise InvalidRequest("The member essential of a claim is true or false.")
    if not isinstance(values, list):
        raise InvalidRequest("The member values of a claim is a list.")
    one = [how["value"]] if "value" in how else []
    return WantedClaim(is_essential, (*one, *values))
