"""Client credentials by GET, which some legacy applications of DeviantArt's dialect still ask for."""

from __future__ import annotations

from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants import grant_types
from oauthcore.flows.oauth.grants.client_credentials import CLIENT_CREDENTIALS
from oauthcore.models import Issued, LegacySwitch, LegacyUse
from oauthcore.recording import legacy_use
from oauthcore.rules.errors.oauth import UnauthorizedClient
from oauthcore.rules.wire.parameters import Parameters


def issue_by_get(client: Client, parameters: Parameters, *, path: str) -> Issued:
    """Issue an access token to an application that asked by GET, and note the legacy use.

    Raises UnauthorizedClient unless it is a legacy application that may, and what the grant type raises.
    """
    if not client.application.may(LegacySwitch.GET_CREDENTIALS):
        raise UnauthorizedClient("client credentials were asked for by GET")
    issued = grant_types.exchange(CLIENT_CREDENTIALS, client, parameters)
    legacy_use.note(client.application, LegacyUse.Habit.GET_CREDENTIALS, example=path)
    return issued
