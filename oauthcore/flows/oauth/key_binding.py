"""Tokens bound to a key: an application shows one, and what needs one is refused without (RFC 9449 §5)."""

from __future__ import annotations

from dataclasses import replace

from oauthcore import conf
from oauthcore.flows.oauth.client_authentication import Client
from oauthcore.flows.tokens.proofs import ShownProof
from oauthcore.rules.errors.dpop import InvalidDPoPProof
from oauthcore.rules.errors.oauth import InvalidGrant


def with_proof(client: Client, shown: ShownProof | None) -> Client:
    """Return the application that has proved who it is, together with the proof that it holds a key.

    Raises InvalidDPoPProof for a proof that is not good, and for none where the application's tokens are
    always bound to a key (RFC 9449 §5.2); UseDPoPNonce for one that lacks a nonce.
    """
    application = client.application
    if application.is_legacy or not conf.settings().DPOP:
        return client
    if shown is not None:
        return replace(client, proof=shown.check())
    if application.dpop_bound_access_tokens:
        raise InvalidDPoPProof("This application gets its tokens with a proof in a DPoP header only.")
    return client


def require_key(bound_to: bytes | None, client: Client) -> None:
    """Raise InvalidGrant for a code or refresh token that is bound to a key, and comes without its proof."""
    if bound_to is None:
        return
    if client.proof is None:
        raise InvalidGrant("it is bound to a key, and came without a proof of it")
    if client.proof.thumbprint != bound_to:
        raise InvalidGrant("it is bound to another key than the one that was shown")
