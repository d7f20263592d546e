"""Issuing tokens: secrets are made here, returned in clear once, and stored as digests.

Tokens are made first, in memory. Then their rows are stored: alone, or in one step with the use of the code
or refresh token that they are traded for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from oauthcore import conf
from oauthcore.models import jwt_access_tokens, token_statements
from oauthcore.models.applications import Application
from oauthcore.models.database import retried
from oauthcore.models.grants import Grant
from oauthcore.models.inserts import NewRow
from oauthcore.models.lifetimes import access_token_end
from oauthcore.models.sweeping import share
from oauthcore.models.tokens import Token
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.text.hidden_text import HiddenText
from oauthcore.rules.tokens.secrets import Secret, SecretKind
from oauthcore.rules.wire.bearer import BEARER, DPOP


@dataclass(frozen=True)
class Issued:
    """New tokens: the only object with tokens in clear."""

    access_token: Secret
    scopes: Scopes
    created_at: datetime
    expires_at: datetime | None
    refresh_token: Secret | None = None
    #: The type of the token, if the answer must name it (RFC 8693 §2.2.1).
    issued_token_type: str | None = None
    #: The key that the access token is bound to, if any (RFC 9449).
    key_thumbprint: bytes | None = None
    #: The id token of an OpenID grant.
    id_token: HiddenText | None = None

    @property
    def token_type(self) -> str:
        """The scheme with which the access token is sent (RFC 9449 §5)."""
        return BEARER if self.key_thumbprint is None else DPOP

    @property
    def expires_in(self) -> int | None:
        """Whole seconds the access token lives, or None when it never expires."""
        return None if self.expires_at is None else int((self.expires_at - self.created_at).total_seconds())


@dataclass(frozen=True)
class NewTokens:
    """New tokens, and their rows that are not stored yet."""

    issued: Issued
    rows: Sequence[NewRow]

    def completed(self, complete: Callable[[Issued], Issued]) -> NewTokens:
        """Return them with what is added to the answer."""
        return replace(self, issued=complete(self.issued))

    def store(self) -> Issued:
        """Store them: one INSERT."""
        token_statements.INSERT.run(self.rows)
        share.note_write()
        return self.issued

    def store_by(self, use: Callable[[Sequence[NewRow]], bool]) -> Issued | None:
        """Store them, and use what they are traded for; None if another request has used that."""
        if not use(self.rows):
            return None
        share.note_write()
        return self.issued


@retried
def issue(
    grant: Grant,
    *,
    scopes: Scopes,
    account_uuid: UUID | None,
    now: datetime,
    opens_chain: bool = False,
    resource: str | None = None,
    role: Scopes | None = frozenset(),
    key_thumbprint: bytes | None = None,
) -> Issued:
    """Issue tokens under a grant: one INSERT. See ``make_tokens``."""
    return make_tokens(
        grant,
        scopes=scopes,
        account_uuid=account_uuid,
        now=now,
        opens_chain=opens_chain,
        resource=resource,
        role=role,
        key_thumbprint=key_thumbprint,
    ).store()


def make_tokens(
    grant: Grant,
    *,
    scopes: Scopes,
    account_uuid: UUID | None,
    now: datetime,
    opens_chain: bool = False,
    successor: Secret | None = None,
    resource: str | None = None,
    role: Scopes | None = frozenset(),
    key_thumbprint: bytes | None = None,
) -> NewTokens:
    """Make an access token under a grant, with a refresh token if a chain is opened.

    ``resource`` names the resources of the access token, separated by spaces; None means all. ``successor``
    is the present refresh token of a chain; it is returned, and not stored again. ``role`` is what the
    person's role allows on the account now; None means everything. A JWT contains only what the role allows,
    because its verifiers do not ask us. The access token is bound to the key of ``key_thumbprint``, if there
    is one, and so is the refresh token of a public application (RFC 9449 §5).
    """
    access, expires_at = _access_token(
        grant,
        None,
        scopes=scopes,
        role=role,
        resource=resource,
        key_thumbprint=key_thumbprint,
        now=now,
        expires_at=access_token_end(grant, now),
    )
    refresh = conf.settings().secret_format.make(SecretKind.REFRESH) if opens_chain else None
    rows = [_row(grant, access, scopes, account_uuid, now, expires_at, resource, key_thumbprint)]
    if refresh is not None:
        bound_to = None if grant.application is None or grant.application.is_confidential else key_thumbprint
        rows.append(_row(grant, refresh, grant.scopes, account_uuid, now, grant.expires_at, None, bound_to))
    issued = Issued(access, scopes, now, expires_at, refresh or successor, key_thumbprint=key_thumbprint)
    return NewTokens(issued, rows)


@retried
def issue_to_actor(
    token: Token,
    *,
    actor: Application,
    scopes: Scopes,
    resource: str | None,
    now: datetime,
    expires_at: datetime,
    issued_token_type: str,
    role: Scopes | None = frozenset(),
    key_thumbprint: bytes | None = None,
) -> Issued:
    """Issue an access token to an application that acts under the grant of another token (RFC 8693)."""
    access, ends_at = _access_token(
        token.grant,
        actor,
        scopes=scopes,
        role=role,
        resource=resource,
        key_thumbprint=key_thumbprint,
        now=now,
        expires_at=expires_at,
    )
    row = _row(token.grant, access, scopes, token.account_uuid, now, ends_at, resource, key_thumbprint)
    Token.objects.create(**row, actor=actor.client_id)
    share.note_write()
    return Issued(
        access,
        scopes,
        now,
        ends_at,
        issued_token_type=issued_token_type,
        key_thumbprint=key_thumbprint,
    )


def new_chain(grant: Grant, *, now: datetime) -> tuple[Secret, NewRow, datetime | None]:
    """Make the refresh chain of a device: its first token, its row, and when it ends if that is not used.

    The row is not stored yet.
    """
    secret = conf.settings().secret_format.make(SecretKind.REFRESH)
    row = _row(grant, secret, grant.scopes, None, now, grant.expires_at)
    token = Token(**row)
    token.grant = grant
    return secret, row, token.ends_at


def _access_token(
    grant: Grant,
    actor: Application | None,
    *,
    scopes: Scopes,
    role: Scopes | None,
    resource: str | None,
    key_thumbprint: bytes | None,
    now: datetime,
    expires_at: datetime | None,
) -> tuple[Secret, datetime | None]:
    """Return a new access token and when it ends: a JWT if its application or a resource wants one."""
    if not jwt_access_tokens.is_wanted(actor or grant.application, resource):
        return conf.settings().secret_format.make(SecretKind.ACCESS), expires_at
    ends_at = jwt_access_tokens.end_of(expires_at, now)
    access = jwt_access_tokens.make(
        grant,
        actor=actor,
        scopes=scopes,
        role=role,
        resource=resource,
        key_thumbprint=key_thumbprint,
        now=now,
        expires_at=ends_at,
    )
    return access, ends_at


def _row(
    grant: Grant,
    secret: Secret,
    scopes: Scopes,
    account_uuid: UUID | None,
    now: datetime,
    expires_at: datetime | None,
    resource: str | None = None,
    key_thumbprint: bytes | None = None,
) -> dict[str, Any]:
    refresh = secret.kind is SecretKind.REFRESH
    return {
        "kind": Token.Kind.REFRESH if refresh else Token.Kind.ACCESS,
        "grant_id": grant.pk,
        "digest": secret.digest,
        "hint": secret.hint,
        "scopes": scopes,
        "account_uuid": account_uuid,
        "created_at": now,
        "expires_at": expires_at,
        "turn": secret.turn if refresh else None,
        "resource": resource,
        "key_thumbprint": key_thumbprint,
    }
