"""Switching the second factor on and off from an app."""

from __future__ import annotations

from oauthcore.api.openapi.described.sign_in import SESSION, code, password
from oauthcore.api.openapi.described.tokens import of_bearers
from oauthcore.api.openapi.operations import Answer, Body, Operation
from oauthcore.api.openapi.schemas import Schema, members, secret, several, text, url
from oauthcore.rules.errors.oauth import OAuthError, Throttled
from oauthcore.rules.errors.sign_in import (
    InvalidCredentials,
    InvalidMembers,
    InvalidMFACode,
    JSONOnly,
    NotASignInToken,
    NotFound,
)

TAG = "Second factor"


def _about_totp(
    summary: str, required: dict[str, Schema], status: int, answer: Answer, *, asks_code: bool
) -> Operation:
    wrong: list[type[OAuthError]] = [InvalidCredentials] if "password" in required else []
    if asks_code:
        wrong.append(InvalidMFACode)
    return Operation(
        summary=summary,
        tag=TAG,
        body=Body(members(required)),
        security=SESSION,
        answers={status: answer},
        refusals=[
            *of_bearers(NotASignInToken, NotFound),
            InvalidMembers,
            JSONOnly,
            *wrong,
            Throttled,
        ],
    )


def _recovery_codes() -> Answer:
    return Answer("The codes, which are shown once.", members({"recovery_codes": several(text())}))


def begin_totp() -> Operation:
    """Describe how TOTP is set up."""
    begun = members(
        {"secret": secret("The seed, in base32."), "otpauth_uri": url("The same for an authenticator app.")}
    )
    return _about_totp(
        "Set up an authenticator app (TOTP)",
        {"password": password()},
        200,
        Answer("The seed. The first code switches TOTP on.", begun),
        asks_code=False,
    )


def end_totp() -> Operation:
    """Describe how TOTP is switched off."""
    return _about_totp(
        "Switch TOTP off",
        {"password": password(), "code": code()},
        204,
        Answer("It is off."),
        asks_code=True,
    )


def confirm_totp() -> Operation:
    """Describe how TOTP is switched on."""
    return _about_totp(
        "Switch TOTP on with its first code", {"code": code()}, 200, _recovery_codes(), asks_code=True
    )


def recovery_codes() -> Operation:
    """Describe how recovery codes are renewed."""
    return _about_totp(
        "Make new recovery codes",
        {"password": password(), "code": code()},
        200,
        _recovery_codes(),
        asks_code=True,
    )
