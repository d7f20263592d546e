"""The view of the MCP server: which scopes a request needs follows from the tool that it calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from oauthcore.api.django import limit_body, scopes_required
from reference_site.mcp.server import needed_for, server

_LARGEST_BODY = 64 * 1024


@csrf_exempt
def mcp(request: HttpRequest) -> HttpResponseBase:
    """Answer one message: ``POST /mcp``.

    A token that lacks the scope of the tool gets 403 with all that the tool needs, before the tool runs: the
    client asks the person for it, and calls again (MCP 2026-07-28, authorization).
    """
    return _guarded(needed_for(_tool_called(request)))(request)


@cache
def _guarded(scopes: tuple[str, ...]) -> Callable[[HttpRequest], HttpResponseBase]:
    guarded: Callable[[HttpRequest], HttpResponseBase] = scopes_required(*scopes)(_answer)
    return guarded


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        return server(request)
    except RecursionError:  # the decoder of the library follows nested lists down the stack
        raise BadRequest("The message is nested too deeply.") from None


def _tool_called(request: HttpRequest) -> object:
    """Return the name of the tool that a message calls, or None: what is ill-formed the server refuses."""
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
