"""Reading the parameters of a request to one of our endpoints."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.debug import sensitive_variables

from oauthcore.api.wire.hiding_secrets import query_of
from oauthcore.bodies import LARGEST_BODY, require_readable, too_large
from oauthcore.rules.errors.oauth import InvalidRequest, RequestTooLarge, UnsupportedMediaType
from oauthcore.rules.errors.sign_in import JSONOnly
from oauthcore.rules.wire import strict_json
from oauthcore.rules.wire.members import Members
from oauthcore.rules.wire.parameters import Parameters, collect, from_json, parse_urlencoded

#: The most parts of a multipart body. Nothing that is sent here has as many, and each costs time to read.
_MOST_PARTS = 100


def query_parameters(
    request: HttpRequest, known: Collection[str], *, secret: frozenset[str] = frozenset()
) -> Parameters:
    """Return the known parameters of the query string. Raises InvalidRequest if it is not UTF-8.

    Parameters in ``secret`` are wrapped, so that error reports do not show them.
    """
    return parse_urlencoded(query_of(request), known, secret=secret)


@sensitive_variables()  # parsers get the body in clear text
def body_parameters(
    request: HttpRequest, known: Collection[str], several: Collection[str] = ()
) -> Parameters:
    """Return the known parameters of a form, JSON or multipart body.

    Each parameter may be sent once; those in ``several`` may be repeated. Raises UnsupportedMediaType for
    another content type (an empty body needs none), InvalidRequest for an ill-formed body, and the exceptions
    of ``require_readable``.
    """
    length = require_readable(request)
    content_type = (request.content_type or "").lower()
    if content_type == "multipart/form-data":
        return _multipart(request, length, known, several).refuse_repeated()
    body = _body(request, length)
    if not body and not content_type:
        return Parameters({})
    if content_type == "application/x-www-form-urlencoded":
        return _form(body, known, several).refuse_repeated()
    if content_type == "application/json":
        return from_json(strict_json.loads(body), known, several) if body else Parameters({})
    raise UnsupportedMediaType


@sensitive_variables()  # the JSON parser gets the body in clear text
def json_members(request: HttpRequest) -> Members:
    """Return the members of a JSON body. An empty body has none.

    Raises JSONOnly for another content type, InvalidRequest for an ill-formed body, and the exceptions of
    ``require_readable``.
    """
    return Members(json_document(request))


def json_document(request: HttpRequest) -> Any:
    """Return the value of a JSON body. An empty body is an empty object.

    Raises the same exceptions as ``json_members``.
    """
    length = require_readable(request)
    content_type = (request.content_type or "").lower()
    if content_type not in ("", "application/json"):
        raise JSONOnly
    body = _body(request, length)
    if body and not content_type:
        raise JSONOnly
    return strict_json.loads(body) if body else {}


def _body(request: HttpRequest, length: int) -> bytes:
    try:
        body = request.body
    except RequestDataTooBig:
        raise RequestTooLarge("The body is larger than what is read here.") from None
    except UnreadablePostError:
        raise InvalidRequest("The body ended before its declared length.") from None
    if len(body) > LARGEST_BODY:
        raise too_large(LARGEST_BODY)
    if len(body) < length:  # under WSGI a client that disconnects looks like one that is finished
        raise InvalidRequest("The body ended before its declared length.")
    return body


def _form(body: bytes, known: Collection[str], several: Collection[str]) -> Parameters:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRequest("The body is not valid UTF-8.") from None
    return parse_urlencoded(text, known, several)


def _multipart(
    request: HttpRequest, length: int, known: Collection[str], several: Collection[str]
) -> Parameters:
    with suppress(RawPostDataException):  # a middleware of the site has read the form already
        _refuse_many_parts(_body(request, length), (request.content_params or {}).get("boundary", ""))
    try:
        fields = request.POST
    except RequestDataTooBig:
        raise RequestTooLarge("The body is larger than what is read here.") from None
    except (MultiPartParserError, SuspiciousOperation, UnreadablePostError, UnicodeError):
        raise InvalidRequest("The multipart body is not well formed.") from None
    pairs = [(name, str(value)) for name, values in fields.lists() for value in values]
    if any("\ufffd" in text for pair in pairs for text in pair):
        raise InvalidRequest("The body is not valid UTF-8.")
    return collect(pairs, known, several)


def _refuse_many_parts(body: bytes, boundary: str) -> None:
    if body.count(b"--" + boundary.encode()) > _MOST_PARTS + 1:  # one ends the last part
        raise InvalidRequest(f"The multipart body has more than {_MOST_PARTS} parts.")
