"""Which requests go to a dialect, where that changes more than how an answer is written."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

#: A route of each of the folders that DeviantArt's clients know: ``/oauth2`` and ``/api/v1/oauth2``.
_DEVIANTART = ("oauthcore_deviantart:token", "oauthcore_deviantart:placebo")


def is_deviantart(request: HttpRequest) -> bool:
    """Return whether a request goes to DeviantArt's dialect: to a route of it, or of the site beside them."""
    try:
        folders = [reverse(route).rpartition("/")[0] for route in _DEVIANTART]
    except NoReverseMatch:  # the site has not mounted it
        return False
    return any(request.path.startswith(f"{folder}/") for folder in folders)
