"""Answers too large to hold: read and sent piece by piece, under WSGI and ASGI alike.

A token can end while a long answer is on its way; ``still_live`` asks again every
``PHOTO_STREAM_RECHECK`` seconds and breaks the answer off.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable, Generator
from typing import IO

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from rest_framework.request import Request

from oauthcore.api.drf import BearerAuthentication

CHUNK = 64 * 1024
Chunks = Generator[bytes, None, None]


def chunks_of(open_file: Callable[[], IO[bytes]], *, still_live: Callable[[], None]) -> Chunks:
    """Yield a file's bytes. It is opened with the first of them, so an answer nobody reads opens none."""
    with open_file() as file:
        while chunk := file.read(CHUNK):
            yield chunk
            still_live()


def streamed(request: Request, chunks: Chunks, *, media_type: str) -> StreamingHttpResponse:
    """Return an answer that is made while it is sent; for HEAD one without a body, and nothing is read."""
    if request.method == "HEAD":
        chunks = _nothing()
    # Django would collect a synchronous iterator whole before sending it under ASGI.
    is_async = isinstance(request._request, ASGIRequest)
    return StreamingHttpResponse(_in_threads(chunks) if is_async else chunks, content_type=media_type)


def _nothing() -> Chunks:
    yield from ()


async def _in_threads(chunks: Chunks) -> AsyncGenerator[bytes, None]:
    try:
        while (chunk := await sync_to_async(_next)(chunks)) is not None:
            yield chunk
    finally:
        await sync_to_async(chunks.close)()


def _next(chunks: Chunks) -> bytes | None:
    return next(chunks, None)


def liveness(request: Request) -> Callable[[], None]:
    """Return a function that raises, now and then, once the request's token has ended."""
    last = time.monotonic()

    def still_live() -> None:
        nonlocal last
        if time.monotonic() - last >= settings.PHOTO_STREAM_RECHECK:
            BearerAuthentication().authenticate(request)
            last = time.monotonic()

    return still_live
