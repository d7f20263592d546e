"""The parameters of OAuth in words. Which endpoint reads which of them is known to the endpoints alone.

A parameter that is empty counts as not sent, so none has a format that an empty text would not have.
"""

from __future__ import annotations

from oauthcore.api.openapi.schemas import Schema, boolean, integer, one_of, secret, several, text
from oauthcore.rules.oauth.client_credentials import JWT_BEARER
from oauthcore.rules.oauth.response_modes import ResponseMode

PARAMETERS: dict[str, Schema] = {
    "access_token": secret("The access token, if it is not in the Authorization header."),
    "acr_values": text("How the person has to log in: `mfa` or `pwd` (RFC 9470)."),
    "actor_token": secret("Not supported: the application itself is the actor."),
    "actor_token_type": text("Not supported."),
    "assertion": secret("An identity assertion of a trusted issuer (RFC 7523)."),
    "audience": text("Not supported: name a `resource`."),
    "claims": text("The requested claims, as a JSON text (OpenID Connect Core section 5.5)."),
    "client_assertion": secret("A JWT that the application has signed (RFC 7523)."),
    "client_assertion_type": text(f"`{JWT_BEARER}`."),
    "client_id": text("The application, if it is not named in the Authorization header."),
    "client_name": text("The name of the application."),
    "client_secret": secret("The secret, if it is not in the Authorization header."),
    "code": secret("The authorization code."),
    "code_challenge": text("The challenge of PKCE (RFC 7636)."),
    "code_challenge_method": text("`S256`."),
    "code_verifier": secret("The verifier of PKCE (RFC 7636)."),
    "device_code": secret("The `device_code` of the device authorization."),
    "dpop_jkt": text("The thumbprint of the key that the code is bound to (RFC 9449 section 10)."),
    "force_login": boolean("Whether the person has to log in again."),
    "id_token_hint": text("An id token of the person who is to answer."),
    "lang": text("The language of the pages."),
    "login_hint": text("What stands in the login field at first."),
    "max_age": integer("How many seconds ago the person logged in at most."),
    "nonce": text("A text that the id token repeats."),
    "prompt": text("`none`, or any of `login`, `consent` and `select_account`."),
    "redirect_uri": text("A redirect URI of the application."),
    "redirect_uris": text("The redirect URIs: one on each line, or a JSON array."),
    "refresh_token": secret("The refresh token. It works once."),
    "registration": text("Not supported: register the client instead."),
    "request": text("Not supported."),
    "request_uri": text("Not supported here."),
    "requested_token_type": text("`urn:ietf:params:oauth:token-type:access_token`."),
    "resource": several(text(), "The protected resources that the token is for (RFC 8707)."),
    "response_mode": one_of(*(one.value for one in ResponseMode), description="How the answer is returned."),
    "response_type": text("`code`."),
    "revoke_refresh_only": boolean("Whether only the grant of this refresh token ends."),
    "scope": text("The scopes that are asked for, separated by spaces."),
    "scopes": text("The scopes that the application may ask for, separated by spaces."),
    "state": text("A text that the answer repeats."),
    "subject_token": secret("The access token that is exchanged."),
    "subject_token_type": text("`urn:ietf:params:oauth:token-type:access_token`."),
    "token": secret("The access token or refresh token."),
    "token_type_hint": text("Ignored, because every token is found without it."),
    "ui_locales": text("The languages of the pages, in order of preference."),
    "website": text("The address of the application for people."),
}
