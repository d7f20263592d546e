"""Reading metadata documents of clients, and the pages for documents that cannot be used."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from oauthcore.flows.oauth.registration.metadata_documents import bring_up_to_date
from oauthcore.pages.authorize.leading_to_login import nothing_was_allowed
from oauthcore.pages.frame.responses import error_page
from oauthcore.pages.frame.throttled import too_many_requests, try_again_in
from oauthcore.recording import events
from oauthcore.rules.errors.documents import UnusableClientDocument
from oauthcore.rules.errors.oauth import TemporarilyUnavailable, Throttled
from oauthcore.rules.wire.parameters import Parameters


def read_document(request: HttpRequest, parameters: Parameters) -> HttpResponseBase | None:
    """Read the client's metadata document, if it has one. Return an error page if that fails, else None."""
    try:
        bring_up_to_date(parameters.get("client_id"))
    except UnusableClientDocument as refusal:
        events.note_refusal(refusal)
        return error_page(
            request,
            title=_("This link does not work"),
            message=_("This site could not find out which application sent you here."),
            hint=_("It got no data about you. Go back and try again."),
            developer_hint=refusal.description,
        )
    except Throttled as refusal:
        events.note_refusal(refusal)
        title, words = _("Too many new applications"), try_again_in(refusal.retry_after)
        return too_many_requests(error_page(request, title=title, message=words), refusal.retry_after)
    except TemporarilyUnavailable as refusal:
        events.note_refusal(refusal)
        return nothing_was_allowed(request)
    return None
