"""Signing in from an app: the device's session, its tokens and the devices."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.api.openapi.described.tokens import of_bearers
from oauthcore.api.openapi.operations import Answer, Body, Operation
from oauthcore.api.openapi.schemas import (
    Schema,
    boolean,
    integer,
    members,
    moment,
    one_of,
    or_null,
    ref,
    secret,
    several,
    text,
    uuid,
)
from oauthcore.api.openapi.schemes import DEVICE_SESSION, Requirement
from oauthcore.api.sign_in.sign_in import LONGEST_REFRESH_TOKEN, LONGEST_SECRET
from oauthcore.flows.passwords.credentials import LONGEST_LOGIN, LONGEST_PASSWORD
from oauthcore.flows.second_factor.codes import LONGEST_CODE
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.sign_in import (
    AccountNotAllowed,
    InvalidCredentials,
    InvalidMembers,
    InvalidMFACode,
    InvalidMFAToken,
    InvalidRefreshToken,
    JSONOnly,
    NotASignInToken,
    NotFound,
    RefreshTokenReused,
)
from oauthcore.rules.sign_in.devices import LONGEST_NAME, LONGEST_WORD

TAG = "Signing in"

#: The token of a device session.
SESSION: tuple[Requirement, ...] = ({DEVICE_SESSION: []},)


def password() -> Schema:
    """Return the schema of a password."""
    return secret("The password.", maxLength=LONGEST_PASSWORD)


def code() -> Schema:
    """Return the schema of a code."""
    return secret("A code of the authenticator app, or a recovery code.", maxLength=LONGEST_CODE)


def _refresh_token() -> Schema:
    return secret("The refresh token of the device.", maxLength=LONGEST_REFRESH_TOKEN)


def _sent(*, required: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Body:
    return Body(members(required, optional), is_required=bool(required))


def account_schema() -> Schema:
    """Return the schema of an account that a person can work on."""
    return members({"uuid": uuid(), "name": text(), "role": or_null(text("The person's role on it."))})


def device_schema() -> Schema:
    """Return the schema of a device."""
    return members(
        {
            "uuid": uuid("The session."),
            "name": text("The name of the device."),
            "platform": text(),
            "created_at": moment("When the person signed in on it."),
        },
        {"client_uuid": uuid("The UUID that the app sent."), "app_version": text()},
    )


def signed_in_schema() -> Schema:
    """Return the schema of a session that was opened."""
    return members(
        {
            "refresh_token": _refresh_token(),
            "refresh_token_expires_at": moment(),
            "device": ref("SignInDevice"),
            "user": or_null(members({"id": {"oneOf": [integer(), text()]}, "username": text()})),
            "accounts": several(ref("SignInAccount"), "The accounts that the person can work on."),
        },
        description="The session of a device.",
    )


def sign_in() -> Operation:
    """Describe signing in."""
    challenge = members(
        {
            "mfa_required": boolean("True."),
            "mfa_token": secret("The token for `POST /v1/auth/mfa`."),
            "expires_in": integer("In how many seconds it expires."),
            "methods": several(text(), "What the person can answer with."),
        },
        description="The second factor is asked for.",
    )
    device = members(
        {
            "name": text("The name of the device.", maxLength=LONGEST_NAME),
            "platform": text("Such as `ios`.", maxLength=LONGEST_WORD),
        },
        {
            "app_version": or_null(text(maxLength=LONGEST_WORD)),
            "uuid": or_null(uuid("A UUID of the app's own. Nothing depends on it.")),
        },
    )
    return Operation(
        summary="Check login and password, and open a session for the device",
        tag=TAG,
        body=_sent(
            required={
                "login": text("The username or the e-mail address.", maxLength=LONGEST_LOGIN),
                "password": password(),
                "device": device,
            }
        ),
        answers={200: Answer("The session, or a challenge.", {"oneOf": [ref("SignedIn"), challenge]})},
        refusals=[InvalidMembers, JSONOnly, InvalidCredentials, Throttled],
    )


def mfa() -> Operation:
    """Describe the second step."""
    return Operation(
        summary="Answer the challenge of the second factor, and open the session",
        tag=TAG,
        body=_sent(
            required={
                "mfa_token": secret("The token of the challenge.", maxLength=LONGEST_SECRET),
                "code": code(),
            }
        ),
        answers={200: Answer("The session.", ref("SignedIn"))},
        refusals=[InvalidMembers, JSONOnly, InvalidMFACode, InvalidMFAToken, Throttled],
    )


def token() -> Operation:
    """Describe how a session gets its access tokens."""
    account = {"account_uuid": uuid("The account to work on.")}
    has_accounts = conf.settings().has_accounts
    return Operation(
        summary="Trade the refresh token for an access token and the next refresh token",
        tag=TAG,
        body=_sent(required={"refresh_token": _refresh_token(), **(account if has_accounts else {})}),
        answers={
            200: Answer(
                "The tokens.",
                members(
                    {
                        "access_token": secret("The access token."),
                        "token_type": one_of("Bearer"),
                        "expires_in": integer("In how many seconds it expires."),
                        "refresh_token": or_null(_refresh_token()),
                        "refresh_token_expires_at": moment(),
                        **({"account": ref("SignInAccount")} if has_accounts else {}),
                    }
                ),
            )
        },
        refusals=[InvalidMembers, JSONOnly, InvalidRefreshToken, RefreshTokenReused, AccountNotAllowed],
    )


def sign_out() -> Operation:
    """Describe signing out."""
    return Operation(
        summary="End the session of the refresh token, or of the bearer token",
        tag=TAG,
        body=_sent(required={}, optional={"refresh_token": or_null(_refresh_token())}),
        security=(*SESSION, {}),
        answers={200: Answer("The session has ended.", members({}))},
        refusals=[*of_bearers(NotASignInToken), InvalidMembers, JSONOnly, InvalidRefreshToken],
    )


def devices() -> Operation:
    """Describe the list of devices."""
    known = members(
        {
            "last_seen_at": or_null(moment()),
            "last_address": or_null(text("The address it was last used from.")),
            "current": boolean("Whether it is the device that asks."),
        }
    )
    listed = several({"allOf": [ref("SignInDevice"), known]})
    return Operation(
        summary="List the devices on which the person is signed in",
        tag=TAG,
        security=SESSION,
        answers={200: Answer("The devices, the last used first.", members({"devices": listed}))},
        refusals=of_bearers(NotASignInToken),
    )


def end_other_devices() -> Operation:
    """Describe how all other sessions are ended."""
    return Operation(
        summary="End the sessions of all other devices",
        tag=TAG,
        security=SESSION,
        answers={204: Answer("They have ended.")},
        refusals=of_bearers(NotASignInToken),
    )


def end_device() -> Operation:
    """Describe how one session is ended."""
    return Operation(
        summary="End the session of one device of the person",
        tag=TAG,
        path={"uuid": uuid("The `uuid` of the device.")},
        security=SESSION,
        answers={204: Answer("It has ended.")},
        refusals=of_bearers(NotASignInToken, NotFound),
    )
