"""Client assertions: a JWT that an application signs with its own key (RFC 7521 §4.2, RFC 7523 §2.2, §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.addresses import absolute, absolute_if_mounted, at_issuer
from oauthcore.flows.oauth import key_documents
from oauthcore.limiter import use_once
from oauthcore.models import Application, ClientKey
from oauthcore.models.database import atomic
from oauthcore.rules.errors.oauth import InvalidClient
from oauthcore.rules.jose.claims import check_audience, check_lifetime, text
from oauthcore.rules.jose.problems import InvalidJWT, InvalidKey
from oauthcore.rules.jose.signed import SignedJWT, parse, verify
from oauthcore.rules.oauth.client_credentials import ClientCredentials

#: The longest validity of an assertion, in seconds.
LONGEST = 300
#: Its ``typ``: none, the general one of RFC 7519, or the special one of client assertions.
_TYPES = (None, "JWT", "client-authentication+jwt")


@dataclass(frozen=True)
class Assertion:
    """An assertion as it was sent. Its claims are not verified yet."""

    client_id: str
    jwt: SignedJWT


def read(credentials: ClientCredentials) -> Assertion:
    """Return the assertion of a request. Raises InvalidClient if it is ill-formed or switched off."""
    if not conf.settings().PRIVATE_KEY_JWT or credentials.assertion is None:
        raise InvalidClient("client assertions are not supported")
    try:
        jwt = parse(credentials.assertion.reveal(), types=_TYPES)
        client_id = text(jwt.claims, "sub")
        issuer = text(jwt.claims, "iss")
    except InvalidJWT as problem:
        raise InvalidClient(f"client assertion: {problem}") from None
    if {issuer, credentials.client_id or client_id} != {client_id}:
        raise InvalidClient("client assertion: iss, sub and client_id are not the same")
    return Assertion(client_id, jwt)


def named_by(credentials: ClientCredentials) -> str:
    """Return the client ID that credentials name, which they have not proved yet.

    An assertion names it itself, where nothing else does (RFC 7521 §4.2). Raises InvalidClient.
    """
    if credentials.assertion is None or credentials.client_id:
        return credentials.client_id
    return read(credentials).client_id


def check(application: Application | None, keys: Sequence[ClientKey], assertion: Assertion) -> ClientKey:
    """Return the key that signed an assertion of the application, and use the assertion up.

    The cheapest checks come first. Raises InvalidJWT.
    """
    jwt, now = assertion.jwt, timezone.now()
    if application is None or application.is_legacy or not application.uses_keys:
        raise InvalidJWT("the application is unknown, or has no keys")
    expires = check_lifetime(jwt.claims, now=now.timestamp(), most=LONGEST)
    check_audience(jwt.claims, _audiences())
    identifier = text(jwt.claims, "jti")
    keys = _read_again(application, keys, jwt, now=now)
    named = [one for one in keys if jwt.kid in (None, one.name)]
    by_name = {one.name: one for one in named}
    try:
        used = by_name[verify(jwt, [one.public for one in named]).name]
    except InvalidKey:
        raise InvalidJWT("a key of the application is no longer one that may be used") from None
    expires_at = datetime.fromtimestamp(expires, tz=UTC)
    if not use_once("client assertion", application.client_id, identifier, expires_at=expires_at):
        raise InvalidJWT("the jti was used before")
    return used


def _read_again(
    application: Application, keys: Sequence[ClientKey], jwt: SignedJWT, *, now: datetime
) -> Sequence[ClientKey]:
    """Return the keys of an application. Keys at an address are read again if that is due."""
    is_known = any(jwt.kid in (None, one.name) for one in keys)
    read = key_documents.read_again(application, is_known=is_known, now=now)
    if read is None:
        return keys
    with atomic():
        found = Application.objects.select_for_update().filter(pk=application.pk).first()
        if found is None or not found.is_live:
            raise InvalidJWT("the application was switched off while its keys were read")
        is_latest = (found.jwks_uri, found.keys_fetched_at) == (application.jwks_uri, now)
        if read and is_latest:  # nobody has read or changed them since
            ClientKey.replace(found, read, now=now)
    return list(application.client_keys.all())


def _audiences() -> set[str]:
    """Return the allowed audiences of an assertion: the issuer, and the endpoint that is called.

    At the endpoint for pushed requests, the token endpoint is allowed too (RFC 9126 §2).
    """
    called = at_issuer(request_context.current().path)
    pushing = absolute_if_mounted("oauthcore:par")
    return {conf.issuer(), called, *([absolute("token")] if called == pushing else [])}
