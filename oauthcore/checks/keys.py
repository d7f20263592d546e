"""Checks of signing keys, in the settings and in the database, and of the size of JWTs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.utils import timezone

from oauthcore import conf
from oauthcore.checks.configuration import check_settings
from oauthcore.checks.jose_library import check_jose_library
from oauthcore.checks.tables import is_migrated
from oauthcore.models.database import primary
from oauthcore.rules.jose import private_keys
from oauthcore.rules.jose.private_keys import ES256, RS256
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.tokens.secrets import LONGEST_TOKEN

if TYPE_CHECKING:
    from oauthcore.models import SigningKey

#: The size in bytes of a JWT without issuer and scopes: header, signature, identifiers and times.
_BESIDE_SCOPES = 700
_COMMAND = "Run manage.py rotate_signing_keys"
_MADE_BY = {
    ES256: "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    RS256: "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048",
}
#: What no application gets while an algorithm has no key.
_LOST = {
    ES256: "no application gets a JWT access token or an id token signed with it",
    RS256: "no application gets an id token signed with it",
}
#: A key is nearly due when this part of its lifetime is left.
_NEARLY = 10


@register()
def check_signing(**_: Any) -> list[CheckMessage]:
    """Check the settings of JWT access tokens and signing keys, without the database."""
    if check_settings() or check_jose_library():
        return []  # those errors must be fixed first
    settings = conf.settings()
    resources = [*_check_resources(settings)]
    if not settings.signs_tokens:
        return resources
    tokens = _check_tokens(settings) if settings.JWT_ACCESS_TOKENS else ()
    return [*resources, *_check_given_keys(settings), *tokens]


def _check_given_keys(settings: conf.Settings) -> Iterator[CheckMessage]:
    kids: set[str] = set()
    algorithms: set[str] = set()
    for number, text in enumerate(settings.SIGNING_KEYS, start=1):
        try:
            key = private_keys.from_pem(text)
        except InvalidKey as error:
            hint = f"{error} Make one with: {' or '.join(_MADE_BY.values())}"
            yield Error(f"Key {number} of SIGNING_KEYS cannot be used.", hint=hint, id="oauthcore.E071")
            continue
        if key.kid in kids:
            hint = "Name each key once. The first one of each algorithm signs."
            yield Error(f"Key {number} of SIGNING_KEYS is there twice.", hint=hint, id="oauthcore.E071")
        kids.add(key.kid)
        algorithms.add(key.algorithm)
    for name in settings.signing_algorithms:
        if algorithms and name not in algorithms:
            hint = f"Add a key, made with: {_MADE_BY[name]}"
            text = f"SIGNING_KEYS has no key for {name}, so {_LOST[name]}."
            yield Error(text, hint=hint, id="oauthcore.E073")


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
    """Check the keys in the database: for each algorithm one signs, can be decrypted, and is not due.

    These are warnings, because the migrations and the command that fix them must be able to run.
    """
    if primary() not in (databases or ()) or check_settings() or check_signing():
        return []
    settings = conf.settings()
    if not settings.signs_tokens or settings.SIGNING_KEYS:
        return []
    return list(_check_stored_keys(settings))


def _check_stored_keys(settings: conf.Settings) -> Iterator[CheckMessage]:
    from oauthcore.models import SigningKey

    if not is_migrated(SigningKey):
        return
    now = timezone.now()
    lifetime = timedelta(seconds=settings.SIGNING_KEY_LIFETIME)
    rows = list(SigningKey.objects.published(now))
    for algorithm in settings.signing_algorithms:
        states = {row.state: row for row in rows if row.algorithm == algorithm}
        yield from _check_keys_of(algorithm, states, lifetime=lifetime, now=now)


def _check_keys_of(
    algorithm: str, states: Mapping[str, SigningKey], *, lifetime: timedelta, now: datetime
) -> Iterator[CheckMessage]:
    """Check the keys for one algorithm, by their state."""
    from oauthcore.models import signing

    current = states.get("current")
    if current is None:
        text = f"There is no signing key for {algorithm}, so {_LOST[algorithm]}."
        yield Caution(text, hint=f"{_COMMAND}.", id="oauthcore.W070")
        return
    if not signing.opened([current]):
        hint = (
            "Put the key back into SECOND_FACTOR_KEYS that it was encrypted with; or make new signing keys "
            "with manage.py rotate_signing_keys."
        )
        text = f"The signing key for {algorithm} cannot be decrypted, so {_LOST[algorithm]}."
        yield Caution(text, hint=hint, id="oauthcore.W071")
    if "next" not in states:
        text = (
            f"No next signing key for {algorithm} is published, so verifiers cannot know it before it signs."
        )
        yield Caution(text, hint=f"{_COMMAND}.", id="oauthcore.W070")
    elif current.signs_since is not None:
        due = current.signs_since + lifetime
        if now > due - lifetime / _NEARLY:
            hint = f"{_COMMAND}, best from a timer; SIGNING_KEY_LIFETIME says how long a key signs."
            text = f"The signing key for {algorithm} is due for rotation on {due:%Y-%m-%d}."
            yield Caution(text, hint=hint, id="oauthcore.W072")
