"""The pages of one service token: its state, use and secrets. A new secret is shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import pgettext

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.addresses import absolute_if_mounted
from oauthcore.admin.applications.scopes import in_words
from oauthcore.admin.grants.last_use import last_use
from oauthcore.admin.grants.usage_chart import chart_of
from oauthcore.admin.people.people import hands_of
from oauthcore.admin.service_tokens import words
from oauthcore.flows.tokens.rotation_overlaps import overlap_choices, overlap_in_words
from oauthcore.languages import size_in_words
from oauthcore.models import ServiceToken
from oauthcore.recording.single_answer import SingleAnswer
from oauthcore.rules.tokens.secrets import Secret, SecretKind


def page_of(token: ServiceToken, *, staff: User) -> dict[str, Any]:
    """Return the context of the page beside its form, with one call of the account backend."""
    now = timezone.now()
    found = conf.settings().account_backend.find(token.account_uuid) if token.account_uuid else None
    return {
        "state": words.state(token),
        "hands": hands_of([token])[token.uuid],
        "is_live": token.is_live(now),
        "account_name": found.name if found else "",
        "expiry": words.expiry(token),
        "last_use": last_use(token),
        "cap": pgettext("size", "Any")
        if token.max_request_bytes is None
        else size_in_words(token.max_request_bytes),
        "scopes": in_words(token.scopes),
        "chart": chart_of(token, today=now.date()),
        "secrets": list(token.live_secrets(now)),
        "lead": conf.settings().secret_format.leads[SecretKind.SERVICE],
        "overlaps": overlap_choices(),
        "page": SingleAnswer.sign(user=staff, purpose=rotation_of(token)),
    }


def rotation_of(token: ServiceToken) -> str:
    """Return the purpose for which the rotation form is signed."""
    return f"rotate service token {token.pk}"


def secret_page(
    request: HttpRequest,
    token: ServiceToken,
    secret: Secret,
    context: dict[str, Any],
    *,
    overlap: timedelta | None = None,
) -> HttpResponse:
    """Show a new secret. It cannot be shown again."""
    context = {
        **context,
        "original": token,
        "secret": secret.reveal(),
        "url": _address_to_try(),
        "overlap": "" if overlap is None else overlap_in_words(overlap),
        "is_new": overlap is None,
        "is_nowhere": token.allowed_networks == [],
    }
    answer = TemplateResponse(request, "oauthcore/admin/service_tokens/secret.html", context)
    answer["Cache-Control"] = "no-store, private"
    answer["Pragma"] = "no-cache"
    return answer


def _address_to_try() -> str:
    return absolute_if_mounted("oauthcore:me") or conf.issuer()  # a site may mount our views one by one
