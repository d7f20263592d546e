"""Hiding the secrets of a request from error reports and logs."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import unquote_plus

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri

from oauthcore import conf
from oauthcore.rules.wire import parameters

#: Parameters that only their endpoint may read, wherever they were sent.
SECRETS = parameters.SECRETS

#: Where servers put the whole address beside the query string.
_ADDRESSES = ("RAW_URI", "REQUEST_URI")


def query_of(request: HttpRequest) -> str:
    """Return the query string as it was sent, hidden parameters included."""
    sent: str = vars(request).get("oauthcore_query", request.META.get("QUERY_STRING", ""))
    return sent


def hide_in_address(request: HttpRequest, names: Collection[str]) -> None:
    """Remove parameters with these names from the request's address. ``query_of`` still returns them.

    ``sensitive_post_parameters`` does not cover the address, which is in every report and log.
    """
    query = request.META.get("QUERY_STRING", "")
    if not query:
        return
    kept = "&".join(pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) not in names)
    if kept == query:
        return
    vars(request).setdefault("oauthcore_query", query)
    request.META["QUERY_STRING"] = kept
    for name in filter(request.META.__contains__, _ADDRESSES):
        request.META[name] = f"{request.META[name].partition('?')[0]}?{kept}"
    if hasattr(type(request), "GET"):  # worked out from the query string, once
        vars(request).pop("GET", None)


def hide_in_path(request: HttpRequest) -> None:
    """Replace each secret of this site in the request's path by a star.

    Django logs the path of every request that it refuses. ``path_info`` stays unchanged, because Django finds
    the view by it.
    """
    hidden_in = conf.settings().secret_format.hidden_in
    hidden = hidden_in(request.path)
    if hidden == request.path:
        return
    request.path = hidden
    request.META["PATH_INFO"] = hidden_in(request.META.get("PATH_INFO", ""))
    for name in filter(request.META.__contains__, _ADDRESSES):
        _, mark, query = request.META[name].partition("?")
        request.META[name] = f"{iri_to_uri(hidden)}{mark}{query}"


def hide_in_form(request: Any, name: str) -> None:
    """Hide a form field in error reports, as Django's ``sensitive_post_parameters`` does."""
    hidden = getattr(request, "sensitive_post_parameters", ())
    if hidden != "__ALL__":
        request.sensitive_post_parameters = [*hidden, name]
