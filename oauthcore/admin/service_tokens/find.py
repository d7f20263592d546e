"""Finding a service token by pasting it. The text is compared by digest, and never stored or logged."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oauthcore.flows.service_tokens.service_tokens import find_by_text
from oauthcore.models import Grant, Token
from oauthcore.rules.text.hidden_text import HiddenText


def page_of_pasted(request: HttpRequest, text: HiddenText) -> str | None:
    """Return the address of the page of the token that was pasted, and add a message.

    Returns None if there is no such token, or if the person may not see it.
    """
    token = find_by_text(text)
    if token is None:
        said = _(
            "This site does not know this token. It is mistyped, cut, from another site, or ended long ago."
        )
        messages.warning(request, said)
        return None
    is_service = token.grant.kind == Grant.Kind.SERVICE
    if not is_service and not request.user.has_perm("oauthcore.view_grant"):
        messages.warning(request, _("This is a token of this site, but not a service token."))
        return None
    _say_how_it_stands(request, token)
    screen = "servicetoken" if is_service else "grant"
    return reverse(f"admin:oauthcore_{screen}_change", args=[token.grant_id])


def _say_how_it_stands(request: HttpRequest, token: Token) -> None:
    if token.is_live(timezone.now()):
        said = _("The token ending in %(hint)s is this one, and it works.")
        messages.success(request, said % {"hint": token.hint})
    else:
        said = _("The token ending in %(hint)s is this one. It has ended, and is refused.")
        messages.info(request, said % {"hint": token.hint})
