"""Verification: the one place that decides whether a bearer token is live and what it may do (RFC 6750)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.accounts import Account, User
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.flows.tokens.proofs import ShownProof, require_holder
from oauthcore.flows.tokens.slow_keys import find_by_hash
from oauthcore.models import Application, Grant, LegacySwitch, Token
from oauthcore.models.shown_secrets import shown_secret
from oauthcore.observing import observed
from oauthcore.recording import usage
from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError
from oauthcore.rules.errors.resources import (
    AddressNotAllowed,
    InsufficientScope,
    InvalidToken,
    NoAccountToWorkOn,
    NoPerson,
    RoleTooNarrow,
    TokenOfAnotherResource,
    WrongKindOfToken,
)
from oauthcore.rules.imports.foreign_secrets import ForeignSecret
from oauthcore.rules.oauth.resources import Resource
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.step_up import LoginWanted
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import SecretKind
from oauthcore.rules.wire.bearer import BEARER, DPOP, Place
from oauthcore.rules.wire.networks import Address, allows

# Named once: in Python 3.11, finding a member of an Enum takes as long as finding ten other names.
_KINDS_OF_SECRETS = (SecretKind.ACCESS, SecretKind.SERVICE)
_PLACES_TO_CHECK, _PLACES_TO_CHECK_LAST = (Place.BODY, Place.QUERY), (Place.DIALECT_QUERY,)
_ELSEWHERE = (*_PLACES_TO_CHECK, *_PLACES_TO_CHECK_LAST)

KINDS = {
    Grant.Kind.APPLICATION: "oauth_token",
    Grant.Kind.CLIENT: "oauth_token",
    Grant.Kind.SESSION: "user_token",
    Grant.Kind.SERVICE: "service_token",
}


@dataclass(frozen=True)
class VerifiedToken:
    """A live access token, with its grant, person, application, account and scopes.

    Views find it in ``request.auth``.
    """

    token: Token
    account: Account | None
    scopes: Scopes

    @property
    def grant(self) -> Grant:
        """The grant it stands under."""
        return self.token.grant

    @property
    def user(self) -> User | None:
        """The person it acts for, or None."""
        return self.token.grant.user

    @property
    def application(self) -> Application | None:
        """The application that holds it, or None."""
        return self.token.grant.application

    @property
    def kind(self) -> str:
        """``oauth_token``, ``user_token`` or ``service_token``."""
        return KINDS[Grant.Kind(self.token.grant.kind)]

    def at(self, resource: Resource | None) -> VerifiedToken:
        """Return the token as a resource accepts it (RFC 8707 §2); raise TokenOfAnotherResource otherwise.

        Of a token for several resources, each resource accepts only the scopes that it declares.
        """
        named = self.token.resource
        if named is None:
            return self
        if resource is None or resource.identifier not in named.split():
            refusal = TokenOfAnotherResource("the token is for another resource than this one")
            refusal.scheme = scheme_of(self.token)
            raise refusal
        return replace(self, scopes=conf.settings().vocabulary.narrowed(self.scopes, resource.scopes))

    def allows(self, scope: str) -> bool:
        """Return whether it includes a scope now: granted and, on an account, within the person's role."""
        vocabulary = conf.settings().vocabulary
        if not vocabulary.allows(self.scopes, scope):
            return False
        return scope not in vocabulary.account_scopes or self._works_on_data_within(scope)

    @property
    def allowed_scopes(self) -> Scopes:
        """Every scope of the site that it includes now."""
        vocabulary = conf.settings().vocabulary
        reached = vocabulary.expand(self.scopes)
        on_accounts = reached & vocabulary.account_scopes
        return reached - {scope for scope in on_accounts if not self._works_on_data_within(scope)}

    def _works_on_data_within(self, scope: str) -> bool:
        """Return whether it may use a scope on the data of an account.

        On a site without accounts, only an application that acts for itself may not: neither a person nor
        staff gave it access to the data.
        """
        account, settings = self.account, conf.settings()
        if account is None:
            return not settings.has_accounts and self.grant.kind != Grant.Kind.CLIENT
        return account.scopes is None or settings.vocabulary.allows(account.scopes, scope)

    def require(self, *scopes: str, person: bool = False) -> None:
        """Raise InsufficientScope unless it includes all of the scopes and, where asked for, is a person's.

        The error is RoleTooNarrow if only the person's role on the account is missing, and NoPerson if the
        token has no person.
        """
        try:
            self._require(scopes, person=person)
        except OAuthError as refusal:
            refusal.scheme = scheme_of(self.token)
            raise

    def _require(self, scopes: tuple[str, ...], *, person: bool) -> None:
        if person and self.user is None:
            raise NoPerson("no person is behind the token", scopes=scopes)
        missing = [scope for scope in scopes if not self.allows(scope)]
        if not missing:
            return
        names, vocabulary = " ".join(missing), conf.settings().vocabulary
        comes_of_the_role = self.grant.kind == Grant.Kind.SESSION and conf.settings().has_accounts
        if not comes_of_the_role and not all(vocabulary.allows(self.scopes, scope) for scope in missing):
            raise InsufficientScope(f"the token lacks {names}", scopes=scopes)
        if self.account is None:
            raise NoAccountToWorkOn(f"{names}: the token has no account", scopes=scopes)
        raise RoleTooNarrow(f"{names}: the person's role on the account does not allow it", scopes=scopes)

    def require_login(self, wanted: LoginWanted) -> None:
        """Raise unless its person logged in as recently and as strongly as a view wants (RFC 9470).

        That is NoPerson for a token without a person, who cannot log in again, and otherwise
        InsufficientUserAuthentication.
        """
        try:
            if self.user is None:
                raise NoPerson("no person is behind the token who could log in")
            if not self.grant.login.is_enough(wanted, timezone.now()):
                raise wanted.refusal
        except OAuthError as refusal:
            refusal.scheme = scheme_of(self.token)
            raise


@observed("oauthcore bearer verify", counted="bearer_checks")
def verify(
    text: HiddenText, *, address: Address | None, place: Place = Place.HEADER, proof: ShownProof | None = None
) -> VerifiedToken:
    """Return the live access or service token of a text: one query, and one of the account backend.

    ``proof`` is the DPoP proof of the request; using it costs one more statement. Raises InvalidToken
    (without a query if the text is not of this site), AddressNotAllowed, and InvalidRequest if the token may
    not be at this place. In the address of DeviantArt's dialect, InvalidRequest is raised only for a live
    token.
    """
    now = timezone.now()
    token = _find(text, place)
    grant = token.grant
    name_in_context(grant)
    if place in _PLACES_TO_CHECK:
        _check_place(grant, place)
    if (obstacle := token.obstacle(now)) is not None:
        raise InvalidToken(obstacle)
    account, is_vouched = find_account(grant, token.account_uuid)
    if not is_vouched:
        raise InvalidToken("the site no longer vouches for the account")
    if place in _PLACES_TO_CHECK_LAST:
        _check_place(grant, place)
    if not allows(grant.allowed_networks, address):
        raise AddressNotAllowed("the address is in none of the token's networks")
    if proof is not None or token.key_thumbprint is not None:
        require_holder(proof, text, bound_to=token.key_thumbprint)
    usage.note(token.grant_id, at=now, address=address)
    return VerifiedToken(token, account, granted_scopes(token, account))


def _find(text: HiddenText, place: Place) -> Token:
    secret = shown_secret(text)
    try:
        if secret is None:
            raise InvalidToken("the token is not one of this site, or it is mistyped or cut")
        if secret.kind not in _KINDS_OF_SECRETS:
            raise WrongKindOfToken(f"a {secret.kind} was sent as an access token")
        token = Token.find(secret) if place in _ELSEWHERE else Token.find_access(secret)
        if token is None and isinstance(secret, ForeignSecret):
            token = find_by_hash(secret)
        if token is None or token.kind != Token.Kind.ACCESS:
            raise InvalidToken("this token was never issued")
    except InvalidToken:
        if place is Place.QUERY:  # its application is unknown, so it may not
            raise _not_in_the_address() from None
        raise
    return token


def name_in_context(grant: Grant) -> None:
    """Note under which grant a token stands, and that its application, if it has one, has shown a token."""
    application = grant.application
    if application is None:
        request_context.name_grant(grant.uuid)
    else:
        is_proven = not application.is_self_registered
        request_context.name_grant(grant.uuid, application.client_id, is_proven=is_proven)


def _check_place(grant: Grant, place: Place) -> None:
    """Refuse a token in the address but of a legacy application that may, in a body but of an application."""
    application = grant.application
    is_in_address = place in (Place.QUERY, Place.DIALECT_QUERY)
    if is_in_address and not (application and application.may(LegacySwitch.QUERY_TOKEN)):
        raise _not_in_the_address()
    if place is Place.BODY and application is None:
        raise InvalidRequest("Send this kind of token in the Authorization header.")


def _not_in_the_address() -> InvalidRequest:
    return InvalidRequest("Send the access token in the Authorization header, not in the address.")


def scheme_of(token: Token) -> str:
    """Return with which scheme an access token is sent: DPoP where it is bound to a key (RFC 9449 §7)."""
    return BEARER if token.key_thumbprint is None else DPOP


def granted_scopes(token: Token, account: Account | None) -> Scopes:
    """Return the granted scopes: those of the token or, for a device session, the present ones of the person.

    The latter come from their role or, on a site without accounts, from the setting. Scopes that the
    application or the resources have lost since are left out.
    """
    grant = token.grant
    if grant.kind == Grant.Kind.SESSION and token.kind == Token.Kind.ACCESS:
        if account is not None:
            return account.scopes or frozenset()
        return frozenset() if conf.settings().has_accounts else conf.settings().sign_in_scopes
    granted: Scopes = frozenset(token.scopes)
    if token.resource is not None:
        granted = conf.settings().declared_scopes(granted, frozenset(token.resource.split()))
    application = grant.application
    left = granted if application is None else application.left_of(granted)
    return left if token.actor is None or token.acting is None else token.acting.left_of(left)
