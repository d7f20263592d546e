"""``client_credentials``: an application asks for a token for itself (RFC 6749 §4.4)."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.oauth.grants.token_grant_type import TokenGrantType
from oauthcore.flows.oauth.resources import RESOURCE, named_by, narrow
from oauthcore.models import Application, Grant, GrantType, Issued, Token
from oauthcore.models.issuing import issue
from oauthcore.rules.errors.oauth import InvalidScope
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.wire.parameters import Parameters


def _issue(client: Client, parameters: Parameters) -> Issued:
    """Issue an access token to an application that acts for itself.

    The token has no account, so it never has a scope that needs one. If the request names resources, such
    scopes are left out like those that the resources do not declare: a client asks for all that a resource
    asked for. A self-registered application may have only a few such tokens, because anybody can register
    one; the oldest ends. Raises InvalidScope and InvalidTarget.
    """
    now = timezone.now()
    application = client.application
    is_narrowed = bool(named_by(application, parameters))
    granted = _own_scopes(application, parameters.get("scope"), is_narrowed=is_narrowed)
    narrowed = narrow(granted, application, parameters)
    grant = client.standing_grant or Grant.standing(application)
    grant.application = application
    if not granted <= grant.scopes:
        grant.widen(application.scopes)
    issued = issue(
        grant,
        scopes=narrowed.scopes,
        account_uuid=None,
        now=now,
        resource=narrowed.resource,
        key_thumbprint=client.bound_to(),
    )
    if application.is_self_registered:
        Token.keep_newest(grant, conf.settings().SELF_REGISTERED_TOKENS)
    return issued


def _own_scopes(application: Application, scope: str | None, *, is_narrowed: bool) -> Scopes:
    vocabulary = conf.settings().vocabulary
    asked = None if scope is None else scopes.parse(scope)
    granted = asked or application.scopes_by_default - vocabulary.account_scopes
    if not granted or not vocabulary.is_within(granted, application.scopes):
        raise InvalidScope("the scope is unknown, not the application's, or there is no default")
    left = granted - vocabulary.account_scopes
    if not left or (left != granted and not is_narrowed):
        raise InvalidScope("a scope needs an account, and an application acting for itself has none")
    return left


CLIENT_CREDENTIALS = TokenGrantType(
    name=GrantType.CLIENT_CREDENTIALS.value,
    label=GrantType.CLIENT_CREDENTIALS.label,
    words=_("It works without a person"),
    exchange=_issue,
    optional=("scope",),
    several=(RESOURCE,),
    needs_secret=True,
    is_for_itself=True,
)
