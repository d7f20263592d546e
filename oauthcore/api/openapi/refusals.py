"""Refusals as OpenAPI answers. Codes, statuses and texts are those of the classes that the code raises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from oauthcore.api.openapi.schemas import Schema, integer, members, one_of, ref, table, text
from oauthcore.api.wire.plain_errors import TEXTS
from oauthcore.rules.errors.oauth import (
    InvalidRequest,
    LengthRequired,
    OAuthError,
    RequestTooLarge,
    ServerError,
    TemporarilyUnavailable,
    UnsupportedMediaType,
)

Refusals = Iterable[type[OAuthError]]

#: The name of the schema of all errors in the components.
ERROR = "OAuthError"

#: What every endpoint may answer, whatever was sent. Django refuses a wrong ``Host`` with a 400.
ALWAYS: tuple[type[OAuthError], ...] = (InvalidRequest, ServerError, TemporarilyUnavailable)
#: What an endpoint that reads a body may answer.
OF_A_BODY: tuple[type[OAuthError], ...] = (
    InvalidRequest,
    LengthRequired,
    RequestTooLarge,
    UnsupportedMediaType,
)


class PermissionRefused(OAuthError):
    """Another permission refuses the request, or a session lacks Django's CSRF token."""

    error = "access_denied"
    status = 403
    text = TEXTS["access_denied"]


def error_schema() -> Schema:
    """Return the schema of an error, for the components."""
    return members(
        {
            "error": text("The code of the error: the part to decide by."),
            "error_description": text("What is wrong, in English, for the developer of the client."),
        },
        {"error_details": table(text(), "What is wrong with each field or parameter, by its name.")},
        "An error. Its members are the same at every endpoint.",
    )


def answers(
    refusals: Refusals, *, challenge: str = "Bearer", beside: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return the OpenAPI answers for refusals, by status.

    ``challenge`` is the scheme of a 401. ``beside`` are members that a dialect adds to every error.
    """
    by_status: dict[int, list[type[OAuthError]]] = defaultdict(list)
    for refusal in dict.fromkeys(refusals):
        by_status[refusal.status].append(refusal)
    return {
        str(status): _answer(status, found, challenge=challenge, beside=beside or {})
        for status, found in sorted(by_status.items())
    }


def _answer(
    status: int, refusals: list[type[OAuthError]], *, challenge: str, beside: Mapping[str, str]
) -> dict[str, Any]:
    texts: dict[str, str] = {}
    for refusal in refusals:
        texts.setdefault(refusal.error, refusal.text or _in_words(refusal))
    narrowed = {"error": one_of(*texts), **{name: one_of(value) for name, value in beside.items()}}
    required = {"required": list(beside)} if beside else {}
    schema = {"allOf": [ref(ERROR), {"type": "object", "properties": narrowed, **required}]}
    answer: dict[str, Any] = {
        "description": "\n".join(f"- `{error}`: {words}" for error, words in texts.items()),
        "content": {"application/json": {"schema": schema}},
    }
    headers = _headers(status, challenge)
    return {**answer, "headers": headers} if headers else answer


def _in_words(refusal: type[OAuthError]) -> str:
    """Return the first sentence of the docstring of a class that has no text of its own."""
    sentence = (refusal.__doc__ or "").strip().splitlines()[0]
    return sentence.partition(";")[0].rstrip(".") + "."


def _headers(status: int, challenge: str) -> dict[str, Any]:
    if status == 401:
        return {
            "WWW-Authenticate": {
                "description": f"The challenge, with the scheme {challenge} (RFC 9110 section 11.6.1).",
                "required": True,
                "schema": text(),
            }
        }
    if status == 405:
        return {"Allow": {"description": "The allowed methods.", "required": True, "schema": text()}}
    if status in (429, 503):
        return {
            "Retry-After": {
                "description": "How many seconds to wait before the next try.",
                "required": status == 429,
                "schema": integer(minimum=0),
            }
        }
    return {}


def with_challenge_of_scope(answers: dict[str, Any]) -> dict[str, Any]:
    """Return answers whose 403 may have a challenge, which names the scopes that are needed."""
    if "403" not in answers:
        return answers
    header = {
        "WWW-Authenticate": {
            "description": "For `insufficient_scope`: the challenge, whose `scope` names all that is needed.",
            "schema": text(),
        }
    }
    return {**answers, "403": {**answers["403"], "headers": {**answers["403"].get("headers", {}), **header}}}
