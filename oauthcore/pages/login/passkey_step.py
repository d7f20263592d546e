"""Passkeys on the page of the second step: the options for the browser, and its answer."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.http import HttpRequest

from oauthcore.flows.second_factor import passkeys
from oauthcore.flows.second_factor.challenges import answer
from oauthcore.flows.second_factor.code_tries import CodeKind
from oauthcore.models import MFAChallenge

_STATE = "oauthcore_passkey_login"


def options_for(request: HttpRequest, challenge: MFAChallenge | None) -> str:
    """Return the options for the browser as JSON, or an empty text if no passkey can answer."""
    ceremony = passkeys.begin_authentication(challenge) if challenge else None
    if ceremony is None:
        return ""
    request.session[_STATE] = ceremony.state
    return json.dumps(ceremony.options)


def answer_with_passkey(request: HttpRequest, challenge: MFAChallenge, then: Callable[[str], bool]) -> None:
    """Answer the challenge with what the browser has sent, and do ``then``; see ``challenges.answer``."""
    state = request.session.pop(_STATE, None)
    shown = request.POST["passkey"]
    answer(challenge, lambda: passkeys.use(challenge, state, shown), then, kind=CodeKind.PASSKEY)
