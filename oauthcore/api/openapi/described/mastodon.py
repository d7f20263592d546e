"""Mastodon's dialect: what its clients ask for beside OAuth."""

from __future__ import annotations

from typing import Any

from oauthcore.api.dialects.mastodon import apps
from oauthcore.api.openapi.described.parameters import PARAMETERS
from oauthcore.api.openapi.described.tokens import of_bearers
from oauthcore.api.openapi.operations import FORMS, Answer, Body, Operation
from oauthcore.api.openapi.schemas import (
    Schema,
    integer,
    members,
    moment,
    picked,
    ref,
    secret,
    several,
    table,
    text,
    url,
)
from oauthcore.api.openapi.schemes import OAUTH2
from oauthcore.rules.errors.mastodon import PersonRequired, ValidationFailed
from oauthcore.rules.errors.oauth import Throttled
from oauthcore.rules.errors.registration import RegistrationClosed
from oauthcore.rules.errors.resources import InsufficientScope, NotAnApplicationsToken

TAG = "Mastodon's dialect"


def _application() -> tuple[dict[str, Schema], dict[str, Schema]]:
    always = {
        "id": text("The number of the application."),
        "name": text(),
        "scopes": several(text()),
        "redirect_uri": text("The redirect URIs, one on each line."),
        "redirect_uris": several(text()),
        "vapid_key": text("Empty."),
    }
    return always, {"website": text()}


def registration() -> Schema:
    """Return the schema of a registration."""
    known, required = apps.KNOWN | apps.SEVERAL, {"client_name", "redirect_uris"}
    return members(picked(PARAMETERS, required), picked(PARAMETERS, known - required))


def register() -> Operation:
    """Describe registration as Mastodon has it."""
    always, sometimes = _application()
    credentials = {
        "client_id": text(),
        "client_secret": secret("The secret, which is shown once."),
        "client_secret_expires_at": integer("0: it never expires."),
    }
    return Operation(
        summary="Register an application, as Mastodon's clients do",
        tag=TAG,
        body=Body(ref("MastodonApplication"), FORMS),
        answers={200: Answer("The application.", members(always | credentials, sometimes))},
        others={422: _unprocessable()},
        refusals=[RegistrationClosed, Throttled],
    )


def _unprocessable() -> Answer:
    details = members(
        {
            "error": text(f"`{ValidationFailed.error}:` and what is wrong, for people."),
            "error_description": text(),
            "error_details": table(text()),
        }
    )
    return Answer("Some of it is not valid.", details)


def application() -> Operation:
    """Describe how an application asks about itself."""
    always, sometimes = _application()
    return Operation(
        summary="Tell an application about itself",
        tag=TAG,
        security=({OAUTH2: []},),
        answers={200: Answer("The application.", members(always, sometimes))},
        refusals=of_bearers(NotAnApplicationsToken),
    )


def account() -> Operation:
    """Describe how an application asks about the person."""
    names = ("username", "acct", "display_name", "avatar", "avatar_static", "header", "header_static")
    counts = ("followers_count", "following_count", "statuses_count")
    flags = ("locked", "bot", "group", "discoverable")
    required: dict[str, Any] = {
        "id": text("The person."),
        **{name: text() for name in names},
        "url": url(),
        "note": text(),
        "emojis": several({}),
        "fields": several({}),
        **{name: {"type": "boolean"} for name in flags},
        **{name: integer() for name in counts},
        "source": {"type": "object", "additionalProperties": True},
    }
    return Operation(
        summary="Tell who the person of the token is",
        tag=TAG,
        security=({OAUTH2: ["read:accounts"]},),
        answers={200: Answer("The person.", members(required, {"created_at": moment()}))},
        refusals=of_bearers(InsufficientScope, PersonRequired),
    )


def _instance(summary: str) -> Operation:
    required: dict[str, Any] = {
        "title": text("The name of the site."),
        "description": text(),
        "version": text("The version of Mastodon whose clients can be used."),
        "api_versions": table(integer()),
        "languages": several(text()),
        "rules": several({}),
        "configuration": {"type": "object", "additionalProperties": True},
    }
    schema = {**members(required), "additionalProperties": True}
    return Operation(
        summary=summary,
        description="The same address with a slash at its end answers too.",
        tag=TAG,
        answers={200: Answer("The site.", schema)},
    )


def instance_v1() -> Operation:
    """Describe the first form of the site's description."""
    return _instance("Describe the site in the first form")


def instance_v2() -> Operation:
    """Describe the second form of the site's description."""
    return _instance("Describe the site in the second form")
