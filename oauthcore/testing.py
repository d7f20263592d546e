"""For a site's own tests: tokens as people and staff get them, without a browser and without a consent page.

::

    client = APIClient(headers=token_for(ada, ["notes.read"]).headers)
    client.force_authenticate(ada, token_for(ada, ["notes.read"]))
    client = Client(headers=service_token(["notes.read"]).headers)

Each is a row in the test's database, so ending it, or what it rests on, works as in production.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from oauthcore import conf, limiter
from oauthcore.accounts import Account, User
from oauthcore.api.drf import authentication
from oauthcore.flows.passwords import hash_costs
from oauthcore.flows.service_tokens import service_tokens
from oauthcore.flows.service_tokens.limits import Limits
from oauthcore.flows.tokens.accounts import find_account
from oauthcore.flows.tokens.verify import VerifiedToken, granted_scopes
from oauthcore.flows.upkeep.readiness import readiness
from oauthcore.models import Application, Grant, GrantType, Token, imports, signing, sweeping
from oauthcore.models.database import atomic
from oauthcore.models.issuing import issue
from oauthcore.recording import events, refusals
from oauthcore.recording.writing import BATCHES
from oauthcore.rules.oauth.scopes import Scopes, parse
from oauthcore.rules.tokens.secrets import Secret

__all__ = ["IssuedToken", "forget", "service_token", "sign_in_token_for", "token_for"]


@dataclass(frozen=True)
class IssuedToken(VerifiedToken):
    """A token with its text in clear. In a view that it is sent to, ``request.auth`` is one like it."""

    text: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The header to send, for ``headers=…`` of a test client (of ``AsyncClient``: of its methods)."""
        return {"Authorization": f"Bearer {self.text}"}

    @property
    def acting_user(self) -> Any:
        """What ``request.user`` is with it: the person, or an Integration where no person is behind it."""
        return authentication.acting_user(self)


def token_for(
    user: User,
    scopes: str | Iterable[str] = (),
    *,
    account: Account | UUID | None = None,
    application: Application | None = None,
) -> IssuedToken:
    """Return a token of an application that the person approved for these scopes.

    ``account`` is the one it works on: the person's first one unless another is given, and none on a site
    without accounts. The application is made up unless one is given, which has to have the scopes. Raises
    ValueError for a scope that the site or the application does not have, and for an account that the person
    may not work on.
    """
    wanted, now = _known(scopes), timezone.now()
    account_uuid = _account_of(user, account)
    with atomic():
        application = application or _made_up(wanted)
        if not conf.settings().vocabulary.is_within(wanted, application.scopes):
            raise ValueError(f"{application} is registered for {sorted(application.scopes)} only")
        grant = Grant.open_for_person(
            application=application,
            user=user,
            scopes=wanted,
            account_uuid=account_uuid,
            now=now,
        )
        issued = issue(grant, scopes=wanted, account_uuid=account_uuid, now=now)
    return _as_verified(issued.access_token)


def sign_in_token_for(user: User, *, account: Account | UUID | None = None) -> IssuedToken:
    """Return the token of a person who signed in from an app of the site.

    What it may do is what the person's role allows on the account, or ``SIGN_IN_SCOPES`` on a site without
    accounts. Raises ValueError for an account that the person may not work on.
    """
    now = timezone.now()
    account_uuid = _account_of(user, account)
    with atomic():
        grant = Grant.new_session(user=user, label="A device of the tests", now=now)
        grant.save()
        issued = issue(grant, scopes=frozenset(), account_uuid=account_uuid, now=now)
    return _as_verified(issued.access_token)


def service_token(
    scopes: str | Iterable[str] = (),
    *,
    account: Account | UUID | None = None,
    label: str = "A service token of the tests",
    expires_at: datetime | None = None,
    allowed_networks: Collection[str] | None = None,
    max_request_bytes: int | None = None,
) -> IssuedToken:
    """Return a service token as staff make one: for an account or, where the site has none, for the site.

    Raises ValueError for a scope that the site does not have, and ValidationError for what staff could not
    say either, such as no account on a site that has accounts.
    """
    limits = Limits(
        label=label,
        scopes=_known(scopes),
        expires_at=expires_at,
        allowed_networks=None if allowed_networks is None else tuple(allowed_networks),
        max_request_bytes=max_request_bytes,
    )
    _, secret = service_tokens.make(_uuid_of(account), limits, staff=None)
    return _as_verified(secret)


def forget() -> None:
    """Forget what this process remembers of earlier tests: limits that were reached, and counts not written.

    The pytest plugin does so before each test. Elsewhere call it in ``setUp`` where limits matter.
    """
    limiter.forget()
    hash_costs.forget()
    signing.forget()
    readiness.start_anew()
    imports.forget()
    sweeping.share.start_anew()
    for allowance in (refusals.proven, refusals.strangers, events.allowance):
        allowance.forget()
    for batch in BATCHES:
        batch.drain()


def _known(scopes: str | Iterable[str]) -> Scopes:
    names = parse(scopes) if isinstance(scopes, str) else frozenset(scopes)
    unknown = sorted(name for name in names if name not in conf.settings().vocabulary)
    if unknown:
        raise ValueError(f"OAUTHCORE['SCOPES'] has no {', '.join(unknown)}")
    return names


def _account_of(user: User, account: Account | UUID | None) -> UUID | None:
    backend, uuid = conf.settings().account_backend, _uuid_of(account)
    if uuid is None:
        return next((one.uuid for one in backend.accounts_of(user)), None)
    if backend.find(uuid, user=user) is None:
        raise ValueError(f"ACCOUNT_BACKEND says that {user} may not work on the account {uuid}")
    return uuid


def _uuid_of(account: Account | UUID | None) -> UUID | None:
    return account.uuid if isinstance(account, Account) else account


def _made_up(scopes: Scopes) -> Application:
    made, _ = Application.objects.register(
        name="An application of the tests",
        client_type=Application.ClientType.CONFIDENTIAL,
        redirect_uris=["https://client.example/callback"],
        grant_types=[GrantType.AUTHORIZATION_CODE, GrantType.REFRESH_TOKEN],
        scopes=scopes,
    )
    return made


def _as_verified(secret: Secret) -> IssuedToken:
    token = Token.find(secret)
    if token is None:
        raise LookupError("the token that was just issued is not in the database")
    account, _ = find_account(token.grant, token.account_uuid)
    return IssuedToken(token, account, granted_scopes(token, account), secret.reveal())
