"""Signing in from an app: login and password, then the second factor where it is on (wire §6)."""

from __future__ import annotations

from typing import Any

from oauthcore.flows.passwords.credentials import check_credentials, still_there
from oauthcore.flows.second_factor.challenges import (
    MFARequired,
    answer_with_code,
    ask_for_second_factor,
    find_challenge,
)
from oauthcore.flows.sign_in.device_sessions import SignedIn, open_session
from oauthcore.models import MFAChallenge
from oauthcore.models.uuids import is_storable
from oauthcore.observing import observed
from oauthcore.rules.errors.sign_in import InvalidMembers
from oauthcore.rules.oauth.step_up import SECOND_FACTOR
from oauthcore.rules.sign_in.devices import DeviceDescriptor
from oauthcore.rules.text.hidden_text import HiddenText


@observed("oauthcore sign_in password")
def sign_in(
    login: str, password: HiddenText, device: DeviceDescriptor, *, request: Any = None
) -> SignedIn | MFARequired:
    """Open a session on a device, or ask for the second factor first.

    Raises InvalidCredentials, the same for an unknown login, a wrong password and an inactive user, and
    Throttled; InvalidMembers if the database cannot store the UUID of the device.
    """
    if device.client_uuid and not is_storable(device.client_uuid):
        raise InvalidMembers(
            details={"device.uuid": "Make it as RFC 9562 says, such as a UUID of version 4."}
        )
    shown = check_credentials(login, password, request=request)
    with still_there(shown.user):
        asked = ask_for_second_factor(shown.user, MFAChallenge.Channel.APP, device, tries=shown.tries)
        if asked is not None:
            return asked
        signed_in = open_session(shown.user, device)
    shown.tries.give_back()
    return signed_in


@observed("oauthcore sign_in code")
def sign_in_with_code(mfa_token: HiddenText, code: HiddenText) -> SignedIn:
    """Open the session that waits for its second factor.

    Raises InvalidMFAToken, InvalidMFACode and Throttled; a code works once, and so does the token.
    """
    challenge = find_challenge(mfa_token)
    return answer_with_code(
        challenge, code, lambda _: open_session(challenge.user, challenge.device, acr=SECOND_FACTOR)
    )
