"""Tokens that are bound to a key: the application must prove that it holds the key (RFC 9449 §5)."""

from __future__ import annotations

from dataclasses import replace

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.tokens.proofs import ShownProof
from oauthcore.rules.errors.dpop import InvalidDPoPProof
from oauthcore.rules.errors.oauth import InvalidGrant, TemporarilyUnavailable

#: The ``Retry-After`` in seconds while ``DPOP`` is off.
_RETRY_AFTER = 60


def with_proof(client: Client, shown: ShownProof | None) -> Client:
    """Return the authenticated application with its proof of possession.

    Raises InvalidDPoPProof for a wrong proof, and for a missing proof if the application's tokens are always
    bound to a key (RFC 9449 §5.2). Raises UseDPoPNonce for a proof without nonce. While the site reads no
    proofs, such an application gets no tokens rather than weaker ones: raises TemporarilyUnavailable.
    """
    application = client.application
    if application.is_legacy:
        return client
    if not conf.settings().DPOP:
        if application.dpop_bound_access_tokens:
            reason = "the tokens of the application are always bound to a key, and DPOP is off"
            raise TemporarilyUnavailable(reason, retry_after=_RETRY_AFTER)
        return client
    if shown is not None:
        return replace(client, proof=shown.check())
    if application.dpop_bound_access_tokens:
        raise InvalidDPoPProof("This application gets its tokens with a proof in a DPoP header only.")
    return client


def require_key(bound_to: bytes | None, client: Client) -> None:
    """Raise InvalidGrant if a code or refresh token is bound to a key, and the request has no proof of it."""
    if bound_to is None:
        return
    if client.proof is None:
        raise InvalidGrant("it is bound to a key, and came without a proof of it")
    if client.proof.thumbprint != bound_to:
        raise InvalidGrant("it is bound to another key than the one that was shown")
