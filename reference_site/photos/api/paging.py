"""Pages by the value of a unique column: the next one begins where this ended, whatever was added since."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from oauthcore.addresses import at_issuer
from oauthcore.converters import whole_number
from reference_site.photos.api.query import read_number

PAGE_PARAMETERS = ("limit", "cursor")
USUAL_PER_PAGE = 25
MOST_PER_PAGE = 100

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Order:
    """A unique column that a list is ordered by, and how a cursor's text becomes its value."""

    column: str
    descending: bool
    read: Callable[[str], Any]


def _key(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise ValueError
    return number


def _name(text: str) -> str:
    if "\x00" in text:
        raise ValueError
    return text


NEWEST_FIRST = Order("pk", descending=True, read=_key)
BY_NAME = Order("folded", descending=False, read=_name)


def page(
    request: Request,
    rows: QuerySet[Row],
    *,
    order: Order,
    query: Mapping[str, str],
    name: str,
    represent: Callable[[Row], dict[str, Any]],
) -> Response:
    """Return one page of a list as its answer; raise ValidationError for a limit or cursor that is none."""
    limit = read_number(query.get("limit", str(USUAL_PER_PAGE)), "limit", least=1, most=MOST_PER_PAGE)
    rows = rows.order_by(f"-{order.column}" if order.descending else order.column)
    if "cursor" in query:
        comparison = "lt" if order.descending else "gt"
        rows = rows.filter(**{f"{order.column}__{comparison}": _decode(query["cursor"], order)})
    found = list(rows[: limit + 1])
    answer: dict[str, Any] = {name: [represent(row) for row in found[:limit]]}
    if len(found) > limit:
        answer["next"] = _next(request, query, _encode(getattr(found[limit - 1], order.column)))
    return Response(answer)


def _next(request: Request, query: Mapping[str, str], cursor: str) -> str:
    return at_issuer(f"{request.path}?{urlencode({**query, 'cursor': cursor})}")


def _encode(value: object) -> str:
    return base64.urlsafe_b64encode(str(value).encode()).decode().rstrip("=")


def _decode(cursor: str, order: Order) -> Any:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        return order.read(text)
    except (binascii.Error, ValueError):
        raise ValidationError({"cursor": "Take the cursor from next, unchanged."}) from None
