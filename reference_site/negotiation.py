"""The API speaks JSON, whatever a client says it would rather have."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysTheFirst(DefaultContentNegotiation):
    """Takes the view's first renderer, whatever ``Accept`` says: browsers ask for HTML and want data."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> Any:
        first = next(iter(renderers))
        return first, first.media_type
