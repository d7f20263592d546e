"""Rotating a service token in the admin: a new secret, shown once, while the one before lives on for a "
"while."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from oauthcore.accounts import person_of
from oauthcore.admin.service_tokens.page import rotation_of, secret_page
from oauthcore.flows.service_tokens import service_tokens as flow
from oauthcore.flows.tokens.rotation_overlaps import parse_overlap
from oauthcore.models import ServiceToken
from oauthcore.recording.single_answer import (
    OPEN_TOO_LONG,
    SENT_BEFORE,
    AnsweredBefore,
    NotAnswerable,
    SingleAnswer,
)


def rotate(request: HttpRequest, token: ServiceToken, frame: dict[str, Any]) -> HttpResponse | None:
    """Rotate a token and show its new secret. If nothing was done, add a message and return None."""
    overlap = parse_overlap(request.POST.get("overlap", ""))
    if overlap is None:
        messages.warning(request, _("Choose when the previous secret ends. Nothing was done."))
        return None
    try:
        page = SingleAnswer.parse(
            request.POST.get("page"), user=person_of(request), purpose=rotation_of(token)
        )
        secret = flow.rotate(token, overlap=overlap, staff=person_of(request), page=page)
    except NotAnswerable:
        messages.warning(request, OPEN_TOO_LONG)
        return None
    except AnsweredBefore:
        messages.info(request, SENT_BEFORE)
        return None
    if secret is None:
        messages.warning(request, _("The token has ended or expired. Nothing was done."))
        return None
    return secret_page(request, token, secret, frame, overlap=overlap)
