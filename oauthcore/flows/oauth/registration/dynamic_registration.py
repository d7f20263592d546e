"""Dynamic registration: applications register themselves (RFC 7591).

They follow OAuth 2.1, may have open scopes, and manage themselves with a registration access token (see
``client_configuration``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from oauthcore import conf
from oauthcore.conf.keys import Registration
from oauthcore.flows.oauth import key_documents
from oauthcore.flows.oauth.counted_fetches import count_fetch
from oauthcore.flows.oauth.registration import registering
from oauthcore.flows.oauth.registration.changes import set_keys
from oauthcore.flows.oauth.registration.sectors import problem_with_sector_of
from oauthcore.limiter import Limit, require_try
from oauthcore.models import Application, DynamicRegistration, InitialAccessToken, Profile
from oauthcore.models.database import atomic, retried
from oauthcore.rules.errors.registration import (
    InvalidClientMetadata,
    InvalidRedirectURI,
    InvalidRegistrationToken,
    RegistrationClosed,
)
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.jose.problems import InvalidKey
from oauthcore.rules.jose.public_keys import PublicKey
from oauthcore.rules.oauth import client_metadata
from oauthcore.rules.oauth.client_metadata import AuthMethod, ClientMetadata, in_ascii
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import ClearText, HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind


@dataclass(frozen=True)
class Registered:
    """A registered application, with the secrets that only this answer shows."""

    registration: DynamicRegistration
    #: The registration access token in clear.
    access_token: HiddenText
    #: The client secret in clear, where one was made just now.
    client_secret: ClearText | None = None

    @property
    def application(self) -> Application:
        """The application."""
        return self.registration.application


def register_dynamically(document: object, *, token: HiddenText | None) -> Registered:
    """Register an application with its client metadata (RFC 7591 §3).

    ``token`` is the initial access token, if any was sent. Every try is counted by address before anything is
    checked. Raises RegistrationClosed, Throttled, NotAuthenticated, InvalidRegistrationToken,
    InvalidRedirectURI and InvalidClientMetadata. Keys at an address are read, which may block for seconds.
    Never call it in a transaction.
    """
    settings = conf.settings()
    if settings.DYNAMIC_REGISTRATION not in (Registration.OPEN, Registration.WITH_TOKEN):
        raise RegistrationClosed("DYNAMIC_REGISTRATION is off")
    registering.count_by_address("dynamic_registration", settings.DYNAMIC_REGISTRATION_LIMIT)
    admission = None if token is None else _admission(token)
    if admission is None and settings.DYNAMIC_REGISTRATION != Registration.OPEN:
        raise NotAuthenticated("no initial access token was sent")
    described = read(document)
    values = values_of(described) | {
        "client_type": client_type_of(described.auth_method),
        "profile": Profile.OAUTH_2_1,
        "uses_keys": described.signs,
    }
    refuse_problems(Application(**values), described)
    if admission is None:
        _count_in_all()
    refuse_sector(described)
    return _register(values, described, keys_of(described), admission)


def read(document: object, *, signs_already: bool = False) -> ClientMetadata:
    """Read client metadata, with the grant types that everybody may choose.

    A client that ``signs_already`` may keep its method after ``PRIVATE_KEY_JWT`` was switched off.
    """
    may_sign = signs_already or conf.settings().PRIVATE_KEY_JWT
    methods = [one for one in AuthMethod if may_sign or one is not AuthMethod.PRIVATE_KEY_JWT]
    return client_metadata.parse(
        document, known_grant_types=registering.choosable(), known_auth_methods=methods
    )


def keys_of(described: ClientMetadata) -> tuple[PublicKey, ...]:
    """Return the keys of a client, read from their address if it gave that.

    Raises Throttled and InvalidClientMetadata.
    """
    if not described.given_keys.jwks_uri:
        return described.given_keys.keys
    count_fetch()
    try:
        return key_documents.read(described.given_keys.jwks_uri)
    except InvalidKey as problem:
        raise InvalidClientMetadata(in_ascii(f"The jwks_uri cannot be read. {problem}")) from None


def values_of(described: ClientMetadata) -> dict[str, Any]:
    """Return client metadata as columns of the application."""
    scopes = registering.asked_scopes(described.scope)
    return {
        "name": described.name,
        "website": described.website,
        "redirect_uris": described.redirect_uris,
        "grant_types": described.grant_types,
        "scopes": scopes,
        "default_scopes": scopes,
        "dpop_bound_access_tokens": described.dpop_bound_access_tokens and conf.settings().DPOP,
        **registering.openid_values(described.openid),
    }


def extras_of(described: ClientMetadata) -> dict[str, Any]:
    """Return client metadata as columns of the registration."""
    return {
        "application_type": described.application_type.value,
        "auth_method": described.auth_method.value,
        "software_id": described.software_id,
        "software_version": described.software_version,
    }


def client_type_of(method: AuthMethod) -> Application.ClientType:
    """Return the client type for an authentication method."""
    return Application.ClientType.PUBLIC if method is AuthMethod.NONE else Application.ClientType.CONFIDENTIAL


def refuse_problems(
    application: Application, described: ClientMetadata, *, had: Scopes = frozenset()
) -> None:
    """Raise InvalidRedirectURI or InvalidClientMetadata if the application is not valid."""
    problems = registering.problems_of(application, had=had)
    if "redirect_uris" in problems:
        raise InvalidRedirectURI(in_ascii(problems["redirect_uris"]))
    if problems:
        raise InvalidClientMetadata(in_ascii(next(iter(problems.values()))))


def refuse_sector(described: ClientMetadata) -> None:
    """Raise InvalidClientMetadata if the sector's document, which is fetched, does not list the URIs."""
    openid = described.openid
    if conf.settings().OPENID_CONNECT and (
        problem := problem_with_sector_of(openid.sector_identifier_uri, described.redirect_uris)
    ):
        raise InvalidClientMetadata(in_ascii(problem))


def _admission(token: HiddenText) -> InitialAccessToken:
    """Return the initial access token that was sent; it is counted when the application is saved."""
    secret = secret_of(token, SecretKind.INITIAL_ACCESS)
    found = None if secret is None else InitialAccessToken.find(secret)
    if found is None:
        raise InvalidRegistrationToken("the initial access token is unknown")
    obstacle = found.obstacle(timezone.now())
    if obstacle is not None:
        raise InvalidRegistrationToken(obstacle)
    return found


def secret_of(token: HiddenText, kind: SecretKind) -> Secret | None:
    """Return the secret of one kind that a text is, or None."""
    secret = conf.settings().secret_format.parse(token)
    return secret if secret is not None and secret.kind is kind else None


def _count_in_all() -> None:
    """Count a registration without initial access token in the total limit; others are not limited by it."""
    require_try(Limit("dynamic_registration_in_all", *conf.settings().DYNAMIC_REGISTRATION_LIMIT_IN_ALL))


def _register(
    values: Mapping[str, Any],
    described: ClientMetadata,
    keys: tuple[PublicKey, ...],
    admission: InitialAccessToken | None,
) -> Registered:
    saved = _save(values, described, keys, admission)
    if saved is None:
        raise InvalidRegistrationToken("the initial access token was used up or ended a moment ago")
    return saved


@retried
def _save(
    values: Mapping[str, Any],
    described: ClientMetadata,
    keys: tuple[PublicKey, ...],
    admission: InitialAccessToken | None,
) -> Registered | None:
    """Save an application in one transaction; return None, and save nothing, if its token is used up."""
    reason = "registered itself" if admission is None else f"registered itself: {admission.label}"
    with atomic():
        if admission is not None and not admission.use(now=timezone.now()):
            return None
        application, client_secret = registering.save_new(values, reason=reason)
        if described.signs:
            set_keys(application, keys, jwks_uri=described.given_keys.jwks_uri, now=timezone.now())
        secret = conf.settings().secret_format.make(SecretKind.REGISTRATION)
        registration = DynamicRegistration.objects.create(
            application=application,
            initial_access_token=admission,
            digest=secret.digest,
            hint=secret.hint,
            **extras_of(described),
        )
    return Registered(registration, secret.text, client_secret)
