"""Notes about what was just done. The redirect after a form carries a signed text for the next page."""

from __future__ import annotations

from collections.abc import Mapping

from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import urlencode

_PARAMETER = "note"
_SALT = "oauthcore.note"
_SECONDS = 300


class SeeOther(HttpResponseRedirect):
    """A redirect after a form, to be fetched with GET (RFC 9110 §15.4.4)."""

    status_code = 303


def see_other(
    request: HttpRequest, url: str, *, note: str, parameters: Mapping[str, str] | None = None
) -> SeeOther:
    """Redirect the person to a page of ours, which shows ``note`` only to them."""
    signed = signing.dumps([str(request.user.pk), note], salt=_SALT, compress=True)
    return SeeOther(f"{url}?{urlencode({**(parameters or {}), _PARAMETER: signed})}")


def note_for(request: HttpRequest) -> str:
    """Return the note for this page, or an empty text."""
    try:
        person, note = signing.loads(request.GET.get(_PARAMETER, ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return ""
    return str(note) if person == str(request.user.pk) else ""
