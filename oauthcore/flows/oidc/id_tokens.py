"""Id tokens beside the tokens of a grant (OpenID Connect Core §3.1.3.3, §12.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from oauthcore import conf
from oauthcore.flows.oidc.told_claims import ID_TOKEN, told_claims
from oauthcore.models import Application, Grant, Issued, signing
from oauthcore.models.subjects import subject_of
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oidc.id_tokens import TYPE, IDToken

#: Adds the id token, if one is due, to tokens that were just issued.
Completing = Callable[[Issued], Issued]


def with_id_token(
    grant: Grant, application: Application, scopes: Scopes, *, now: datetime, nonce: str | None = None
) -> Completing:
    """Return the function that adds an id token to new tokens of a grant, if they have ``openid``.

    The claims about the person are read at once, so that no transaction waits for the site. The token is made
    afterwards, because it names the access token. Then TemporarilyUnavailable is raised if there is no key.
    """
    if not conf.settings().is_openid(scopes & grant.scopes):
        return _as_it_is
    said = IDToken(
        issuer=conf.issuer(),
        subject=str(subject_of(grant)),
        client_id=application.client_id,
        issued_at=now,
        expires_at=now + timedelta(seconds=conf.settings().ID_TOKEN_LIFETIME),
        login=replace(grant.login, amr=tuple(sorted(grant.amr))),
        nonce=nonce,
        sid=None if grant.sid is None else str(grant.sid),
        person=told_claims(grant, application, scopes, ID_TOKEN),
    )

    def add(issued: Issued) -> Issued:
        algorithm = application.id_token_signed_response_alg
        claims = said.claims(issued.access_token.reveal(), algorithm)
        return replace(issued, id_token=signing.sign(claims, type_=TYPE, algorithm=algorithm))

    return add


def _as_it_is(issued: Issued) -> Issued:
    return issued
