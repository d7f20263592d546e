"""The list of grant types, and functions over all of them.

A new grant type is a file in this folder and an entry in ``GRANT_TYPES``. The token endpoint, registration,
the forms and the metadata read this tuple. The implicit grant is not in it, because it has no exchange.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.authorization_code import AUTHORIZATION_CODE
from oauthcore.flows.oauth.grants.client_credentials import CLIENT_CREDENTIALS
from oauthcore.flows.oauth.grants.device_code import DEVICE_CODE
from oauthcore.flows.oauth.grants.jwt_bearer import JWT_BEARER
from oauthcore.flows.oauth.grants.refresh_token import REFRESH_TOKEN
from oauthcore.flows.oauth.grants.token_exchange import TOKEN_EXCHANGE
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.models import Application, GrantType, Issued
from oauthcore.observing import observed
from oauthcore.rules.errors.oauth import UnauthorizedClient, UnsupportedGrantType
from oauthcore.rules.oauth import client_credentials
from oauthcore.rules.wire.parameters import Parameters

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GRANT_TYPES: tuple[TokenGrantType, ...] = (
    AUTHORIZATION_CODE,
    REFRESH_TOKEN,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    TOKEN_EXCHANGE,
    JWT_BEARER,
)


def switched_on() -> tuple[TokenGrantType, ...]:
    """Return the grant types that the site has."""
    switches = conf.settings().switched_on
    return tuple(one for one in GRANT_TYPES if not one.switch or one.switch in switches)


def parameters_read() -> tuple[frozenset[str], frozenset[str]]:
    """Return the parameters of the token endpoint: those that come once, and those that may repeat."""
    return _parameters_of(switched_on())


@cache
def _parameters_of(known: tuple[TokenGrantType, ...]) -> tuple[frozenset[str], frozenset[str]]:
    once = (name for one in known for name in (*one.required, *one.optional))
    several = (name for one in known for name in one.several)
    return frozenset(["grant_type", *client_credentials.PARAMETERS, *once]), frozenset(several)


def find(name: str | None) -> TokenGrantType | None:
    """Return the grant type of that name, or None where the site has none."""
    return next((one for one in GRANT_TYPES if one.name == name and one.is_on), None)


def _name_of(found: TokenGrantType | None, *_: object) -> str:
    return "unknown" if found is None else found.name


@observed("oauthcore token exchange", counted="token_requests", kind=_name_of)
def exchange(found: TokenGrantType | None, client: Client, parameters: Parameters) -> Issued:
    """Issue tokens by the grant type of a request (RFC 6749 §3.2, §5.2).

    Raises InvalidRequest for a missing parameter, UnsupportedGrantType if ``found`` is None,
    UnauthorizedClient if the application may not use it, and the errors of its exchange.
    """
    if found is None:
        parameters.require("grant_type")
        raise UnsupportedGrantType("the grant type is not known here")
    for name in found.required:
        parameters.require_sent(name)
    application = client.application
    if found.needs_secret and not application.is_confidential:
        raise UnauthorizedClient(f"a public application asked for {found.name}")
    if not application.allows(found.name):
        raise UnauthorizedClient(f"the application is not registered for {found.name}")
    return found.exchange(client, parameters)


def offered() -> list[TokenGrantType]:
    """Return the grant types that developers may choose for their applications."""
    return [one for one in switched_on() if one.words]


def given_by_staff(application: Application) -> list[TokenGrantType]:
    """Return the grant types that only staff can give to an application, where it may have them."""
    may_have = application.is_confidential and not application.is_legacy
    return [one for one in switched_on() if not one.words] if may_have else []


def registrable() -> list[str]:
    """Return the names of all grant types that an application may be registered for."""
    return [*(one.name for one in switched_on()), GrantType.IMPLICIT.value]


def label_of(name: str) -> StrOrPromise:
    """Return the label of a grant type, or the name of an unknown one."""
    found = next((one for one in GRANT_TYPES if one.name == name), None)
    if found is not None:
        return found.label
    return GrantType(name).label if name in GrantType.values else name


def labels_of(application: Application) -> list[StrOrPromise]:
    """Return the labels of the grant types that an application may use."""
    return [label_of(name) for name in registrable() if application.allows(name)]
