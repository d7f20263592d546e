"""``jwt-bearer``: a company's identity provider says for whom an application may act (RFC 7523 §2.1, ID-JAG).

The company manages the access of its people, so there is no consent page. The specification is
draft-ietf-oauth-identity-assertion-authz-grant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.accounts import Account, FindsPeople, User
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.key_documents import read_again
from oauthcore.flows.oauth.resources import RESOURCE, declared_by
from oauthcore.flows.tokens.accounts import role_of
from oauthcore.limiter import Limit, count_try, seconds_full, use_once
from oauthcore.models import Application, Grant, Issued, IssuerSubject, TrustedIssuer
from oauthcore.models.database import atomic
from oauthcore.models.issuing import issue
from oauthcore.models.lifetimes import managed_grant_end
from oauthcore.models.profiles import JWT_BEARER_GRANT
from oauthcore.recording import last_uses
from oauthcore.rules.errors.oauth import InvalidGrant, InvalidScope, SlowDown
from oauthcore.rules.errors.resources import InvalidTarget
from oauthcore.rules.jose.claims import check_audience, check_lifetime, text
from oauthcore.rules.jose.problems import InvalidJWT, InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey, as_text
from oauthcore.rules.jose.signed import SignedJWT, parse, verify
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.dpop import render_thumbprint
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.wire.parameters import Parameters

#: The ``typ``, which no other JWT has.
TYPE = "oauth-id-jag+jwt"
#: The longest validity of an assertion, in seconds.
LONGEST = 600
_MOST_RESOURCES = 20


@dataclass(frozen=True)
class _Said:
    """The verified claims of a trusted issuer: the person, and the resources."""

    issuer: TrustedIssuer
    subject: str
    claims: Mapping[str, Any]
    resources: frozenset[str]


def _exchange(client: Client, parameters: Parameters) -> Issued:
    """Issue an access token for the person whom a trusted issuer names; there is no refresh token.

    Raises InvalidGrant for an assertion that is not valid and for an unknown person, InvalidTarget,
    InvalidScope, and SlowDown after too many wrong assertions of the application.
    """
    now, application = timezone.now(), client.application
    limit = Limit("id-jag", *conf.settings().CLIENT_SECRET_LIMIT)
    _refuse_full(seconds_full(limit, application.client_id))
    client.bound_to()  # first, so that a used proof does not cost the assertion
    try:
        said = _require_said(parameters.require_secret("assertion"), client, now=now)
    except InvalidJWT as problem:
        _refuse_full(count_try(limit, application.client_id).wait)
        raise InvalidGrant(f"assertion: {problem}") from None
    user = _person(said)
    if user is None or not conf.settings().account_backend.is_live_user(user):
        raise InvalidGrant("the person whom the issuer names is not known here, or not active")
    resources = _resources(said, parameters)
    account = _account(user)
    granted = _scopes(said, application, parameters.get("scope"), resources, has_account=account is not None)
    last_uses.note_issuer(said.issuer.pk)
    return _issue(client, user, granted, resources, account, now=now)


def _refuse_full(wait: int | None) -> None:
    if wait is not None:
        raise SlowDown("too many wrong assertions", retry_after=wait)


def _require_said(assertion: HiddenText, client: Client, *, now: datetime) -> _Said:
    """Return the claims of an assertion after verification, and use it up. Raises InvalidJWT."""
    jwt = parse(assertion.reveal(), types=(TYPE,))
    issuer = TrustedIssuer.find(text(jwt.claims, "iss"))
    if issuer is None:
        raise InvalidJWT("the issuer is not trusted")
    expires = check_lifetime(jwt.claims, now=now.timestamp(), most=LONGEST, is_dated=True)
    check_audience(jwt.claims, {conf.issuer()})
    if text(jwt.claims, "client_id") != client.application.client_id:
        raise InvalidJWT("the assertion is another application's")
    _require_key(jwt.claims, client)
    subject, identifier = text(jwt.claims, "sub"), text(jwt.claims, "jti")
    resources = _named(jwt.claims.get("resource"))
    verify(jwt, _keys(issuer, jwt, now=now))
    expires_at = datetime.fromtimestamp(expires, tz=UTC)
    if not use_once("id-jag", issuer.issuer, identifier, expires_at=expires_at):
        raise InvalidJWT("the jti was used before")
    return _Said(issuer, subject, jwt.claims, resources)


def _require_key(claims: Mapping[str, Any], client: Client) -> None:
    """Refuse an assertion that is bound to a key (RFC 9449 §6.1) without the DPoP proof of that key."""
    if "cnf" not in claims:
        return
    shown = None if client.proof is None else render_thumbprint(client.proof.thumbprint)
    if shown is None or claims["cnf"] != {"jkt": shown}:
        raise InvalidJWT("the assertion is bound to a key, and came without a proof of it")


def _keys(issuer: TrustedIssuer, jwt: SignedJWT, *, now: datetime) -> Sequence[PublicKey]:
    """Return the keys of an issuer. Keys at an address are read again if that is due."""
    keys = _parsed(issuer)
    is_known = any(jwt.kid is None or key.is_called(jwt.kid) for key in keys)
    read = read_again(issuer, is_known=is_known, now=now)
    if read is None:
        return keys
    rows = TrustedIssuer.objects.filter(pk=issuer.pk, jwks_uri=issuer.jwks_uri, is_enabled=True)
    if read and rows.update(jwks=as_text(read)):
        return read
    found = TrustedIssuer.find(issuer.issuer)  # it may have been changed meanwhile
    return () if found is None else _parsed(found)


def _parsed(issuer: TrustedIssuer) -> Sequence[PublicKey]:
    try:
        return issuer.keys
    except InvalidKey:
        raise InvalidJWT("the keys of the issuer may no longer be used") from None


def _named(resource: object) -> frozenset[str]:
    """Return the resources of a claim, which is one text or a list."""
    named = [resource] if isinstance(resource, str) else resource
    if not isinstance(named, list) or not 0 < len(named) <= _MOST_RESOURCES:
        raise InvalidJWT("the claim resource is missing, or names none")
    if not all(isinstance(one, str) for one in named):
        raise InvalidJWT("the claim resource is not a text")
    return frozenset(named)


def _person(said: _Said) -> User | None:
    """Return the person: by the hook of the site, or by the table of subjects."""
    backend = conf.settings().account_backend
    if isinstance(backend, FindsPeople):
        found = backend.find_person(said.issuer.issuer, said.subject, said.claims)
        if found is not None:
            return found
    return IssuerSubject.person(said.issuer, said.subject)


def _resources(said: _Said, parameters: Parameters) -> frozenset[str]:
    require = conf.settings().resources.require
    allowed, asked = require(said.resources), require(parameters.items(RESOURCE))
    if not asked <= allowed:
        raise InvalidTarget("a resource was named that the assertion does not name")
    return asked or allowed


def _account(user: User) -> Account | None:
    """Return the account of a person with exactly one account: nobody is there to choose."""
    accounts = conf.settings().account_backend.accounts_of(user)
    return accounts[0] if len(accounts) == 1 else None


def _scopes(
    said: _Said, application: Application, scope: str | None, resources: frozenset[str], *, has_account: bool
) -> Scopes:
    """Return the requested scopes that the request, the assertion and the site allow."""
    settings, claimed = conf.settings(), said.claims.get("scope")
    if claimed is not None and not isinstance(claimed, str):
        raise InvalidGrant("assertion: the claim scope is not a text")
    allowed = frozenset(application.scopes) if claimed is None else scopes.parse(claimed)
    by_default = application.scopes_by_default if claimed is None else allowed
    asked = scopes.parse(scope) if scope else by_default
    if not settings.vocabulary.is_within(asked, allowed):
        raise InvalidScope("more was asked for than the assertion has")
    granted = application.left_of(asked)
    if settings.has_accounts and not has_account:
        granted -= settings.vocabulary.account_scopes
    return declared_by(resources, granted)


def _issue(
    client: Client,
    user: User,
    granted: Scopes,
    resources: frozenset[str],
    account: Account | None,
    *,
    now: datetime,
) -> Issued:
    application, account_uuid = client.application, account.uuid if account else None
    with atomic():
        grant = Grant.open_for_person(
            application=application,
            user=user,
            scopes=granted,
            account_uuid=account_uuid,
            now=now,
            refreshes=False,
            resources=resources,
            expires_at=managed_grant_end(application, now),
        )
        resource = " ".join(sorted(resources))
        return issue(
            grant,
            scopes=granted,
            account_uuid=account_uuid,
            now=now,
            resource=resource,
            role=role_of(account),
            key_thumbprint=client.bound_to(),
        )


JWT_BEARER = TokenGrantType(
    name=JWT_BEARER_GRANT,
    label=_("Enterprise-managed authorization"),
    words="",
    exchange=_exchange,
    required=("assertion",),
    optional=("scope",),
    several=(RESOURCE,),
    needs_secret=True,
    switch="ENTERPRISE_MANAGED_AUTHORIZATION",
)
