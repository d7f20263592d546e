"""Checks of signing keys, in the settings and in the database, and of the size of JWTs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import connections
from django.utils import timezone

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.jose_library import check_jose_library
from oauthcore.models.database import primary
from oauthcore.rules.jose import private_keys
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN

#: The size in bytes of a JWT without issuer and scopes: header, signature, identifiers and times.
_BESIDE_SCOPES = 700
_COMMAND = "Run manage.py rotate_signing_keys"


@register()
def check_signing(**_: Any) -> list[CheckMessage]:
    """Check the settings of JWT access tokens and signing keys, without the database."""
    if check_settings() or check_jose_library():
        return []  # those errors must be fixed first
    settings = conf.settings()
    resources = [*_check_resources(settings)]
    if not settings.signs_tokens:
        return resources
    return [*resources, *_check_given_keys(settings.SIGNING_KEYS), *_check_tokens(settings)]


def _check_given_keys(texts: Sequence[str]) -> Iterator[CheckMessage]:
    kids: set[str] = set()
    for number, text in enumerate(texts, start=1):
        try:
            kid = private_keys.from_pem(text).kid
        except InvalidKey as error:
            hint = f"{error} Make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
            text = f"Key {number} of SIGNING_KEYS cannot be used."
            yield Error(text, hint=hint, id="oauthcore.E071")
            continue
        if kid in kids:
            hint = "Name each key once. The first one signs."
            yield Error(f"Key {number} of SIGNING_KEYS is there twice.", hint=hint, id="oauthcore.E071")
        kids.add(kid)


def _check_resources(settings: conf.Settings) -> Iterator[CheckMessage]:
    """Check that JWTs are switched on for resources that want them, and that offline resources can work."""
    resources = settings.resources
    for one in (resources.issuer, *resources.declared):
        if one.wants_jwts and not settings.JWT_ACCESS_TOKENS:
            hint = "Switch JWT_ACCESS_TOKENS on, or take access_token_format and offline out of RESOURCES."
            text = f"{one.identifier!r} wants JWTs, and JWT_ACCESS_TOKENS is off."
            yield Error(text, hint=hint, id="oauthcore.E072")
        if one.offline and one is resources.issuer:
            hint = "Declare a resource with a path of its own for the views that shall be offline."
            text = "The issuer is declared offline, and views of oauthcore itself ask the database."
            yield Error(text, hint=hint, id="oauthcore.E072")
        elif one.offline and settings.has_accounts and (of_account := _of_accounts(one.scopes, settings)):
            hint = "Take these scopes from the resource, or take offline out: a JWT names no account."
            text = f"Views of {one.identifier!r} are offline, so they refuse the scope {of_account[0]!r}."
            yield Caution(text, hint=hint, id="oauthcore.W074")


def _of_accounts(scopes: Scopes, settings: conf.Settings) -> list[str]:
    return sorted(settings.vocabulary.expand(scopes) & settings.vocabulary.account_scopes)


def _check_tokens(settings: conf.Settings) -> Iterator[CheckMessage]:
    from oauthcore.models.jwt_access_tokens import LONGEST_LIFETIME

    if settings.JWT_ACCESS_TOKEN_LIFETIME > LONGEST_LIFETIME:
        hint = f"Choose 1 to {LONGEST_LIFETIME} seconds: a JWT lives that long where nobody asks us."
        yield Error("JWT_ACCESS_TOKEN_LIFETIME is out of bounds.", hint=hint, id="oauthcore.E007")
    scopes = " ".join(settings.vocabulary.words)
    if (len(scopes) + 2 * len(settings.ISSUER)) * 4 // 3 + _BESIDE_SCOPES > LONGEST_TOKEN:
        hint = f"A JWT has at most {LONGEST_TOKEN} characters. Join scopes in bundles, or shorten names."
        text = "A JWT access token with every scope of the site does not fit into a header."
        yield Caution(text, hint=hint, id="oauthcore.W073")


@register(Tags.database)
def check_signing_keys(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Check that a key of the database signs, can be decrypted, and is not due for rotation.

    These are warnings, because the migrations and the command that fix them must be able to run.
    """
    if primary() not in (databases or ()) or check_settings() or check_signing():
        return []
    settings = conf.settings()
    if not settings.signs_tokens or settings.SIGNING_KEYS:
        return []
    return list(_check_stored_keys(timedelta(seconds=settings.SIGNING_KEY_LIFETIME)))


def _check_stored_keys(lifetime: timedelta) -> Iterator[CheckMessage]:
    from oauthcore.models import SigningKey, signing

    with connections[primary()].cursor() as cursor:
        if SigningKey._meta.db_table not in connections[primary()].introspection.table_names(cursor):
            return  # the migrations have not run yet
    now = timezone.now()
    states = {row.state: row for row in SigningKey.objects.published(now)}
    current = states.get(SigningKey.State.CURRENT)
    if current is None:
        text = "No signing key is there, so no application gets a JWT access token."
        yield Caution(text, hint=f"{_COMMAND}.", id="oauthcore.W070")
        return
    if signing.opened([current]) is None:
        hint = (
            "Put the key back into SECOND_FACTOR_KEYS that it was encrypted with; or make new signing keys "
            "with manage.py rotate_signing_keys."
        )
        text = "The signing key cannot be decrypted, so no application gets a JWT access token."
        yield Caution(text, hint=hint, id="oauthcore.W071")
    if SigningKey.State.NEXT not in states:
        text = "No next signing key is published, so verifiers cannot know it before it signs."
        yield Caution(text, hint=f"{_COMMAND}.", id="oauthcore.W070")
    elif current.signs_since is not None and now - current.signs_since > lifetime:
        hint = f"{_COMMAND}, best from a timer; SIGNING_KEY_LIFETIME says how long a key signs."
        yield Caution("The signing key is due for rotation.", hint=hint, id="oauthcore.W072")
