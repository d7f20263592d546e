"""The view of the MCP server. The tool that a request calls decides which scopes it needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from oauthcore.api.django import limit_body, scopes_required
from reference_site.mcp.server import FIRST, needed_for, server

_LARGEST_BODY = 64 * 1024


@csrf_exempt
def mcp(request: HttpRequest) -> HttpResponseBase:
    """Answer one message: ``POST /mcp``.

    Without a token the answer is 401 with the scopes of the two searches: one for people, and one for
    programs that act for themselves. A token that lacks a scope of the tool gets 403 with all scopes of the
    tool, before the tool runs. The client asks the person for them, and calls again (MCP 2026-07-28,
    authorization).
    """
    return _guarded(needed_for(_tool_called(request)))(request)


@cache
def _guarded(scopes: tuple[str, ...]) -> Callable[[HttpRequest], HttpResponseBase]:
    guarded: Callable[[HttpRequest], HttpResponseBase] = scopes_required(*scopes, suggested=FIRST)(_answer)
    return guarded


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        return server(request)
    except RecursionError:  # the decoder of the library is recursive
        raise BadRequest("The message is nested too deeply.") from None


def _tool_called(request: HttpRequest) -> object:
    """Return the name of the tool that a message calls, or None. The server refuses ill-formed messages."""
    if request.method != "POST" or "Authorization" not in request.headers:
        return None
    try:
        message: Any = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return None
    params = message.get("params")
    return params.get("name") if isinstance(params, dict) else None


limit_body(mcp, _LARGEST_BODY)
