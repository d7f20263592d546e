"""Proofs of possession: who sends a token, or asks for one, shows that they hold a key (RFC 9449)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

from oauthcore import conf
from oauthcore.limiter import use_once
from oauthcore.models.database import primary_connection
from oauthcore.rules.errors.dpop import (
    BoundToken,
    InvalidDPoPProof,
    InvalidProofOfToken,
    UnboundToken,
    UseDPoPNonce,
    UseNonceForToken,
    WrongKey,
)
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.jose.problems import InvalidJWT
from oauthcore.rules.oauth.dpop import Proof, render_thumbprint
from oauthcore.rules.text.hidden_text import HiddenText

_SALT = "oauthcore.dpop_nonce"


@dataclass(eq=False)
class KeyProof:
    """A valid proof: the sender of the request holds the key. It can be used once."""

    thumbprint: bytes
    identifier: str
    ends_at: datetime
    #: The error if another request has used it.
    refused: type[OAuthError]
    is_used: bool = False
    #: Whether it was used within a transaction of the site's, which may be undone with all that it wrote.
    may_be_undone: bool = False

    def use(self) -> bytes:
        """Use it up, and return the thumbprint of its key; raise ``refused`` where that was done before.

        All processes know that. Within its own request it may be asked for again.
        """
        if not self.is_used:
            self.may_be_undone = primary_connection().in_atomic_block
            if not self._note():
                raise self.refused("The DPoP proof was used before. Make a new one for each request.")
            self.is_used = True
        return self.thumbprint

    def use_again(self) -> None:
        """See to it that it stays used where ``may_be_undone`` came true."""
        self._note()

    def _note(self) -> bool:
        key = render_thumbprint(self.thumbprint)
        return use_once("dpop", key, self.identifier, expires_at=self.ends_at)


@dataclass(eq=False)
class ShownProof:
    """The proof that came with a request, if any. ``url`` is the request's address as clients know it."""

    text: str | None = field(repr=False)
    method: str
    url: str
    #: The nonce that the answer tells the client to use from now on.
    next_nonce: str | None = None
    #: The access token that it was good for: code may ask again in the middle of a long answer.
    _token: HiddenText | None = None
    #: The proof that was used for it.
    used: KeyProof | None = None

    def check(self) -> KeyProof:
        """Return the proof for a request for tokens. Raises InvalidDPoPProof and UseDPoPNonce."""
        return self._check(InvalidDPoPProof, UseDPoPNonce)

    def use_for(self, token: HiddenText, *, bound_to: bytes) -> None:
        """Use it for an access token that is bound to a key.

        Raises WrongKey, InvalidProofOfToken and UseNonceForToken.
        """
        if self._token != token:
            proof = self._check(InvalidProofOfToken, UseNonceForToken, token=token, bound_to=bound_to)
            proof.use()
            self._token, self.used = token, proof

    def _check(
        self,
        invalid: type[OAuthError],
        nonce_wanted: type[OAuthError],
        *,
        token: HiddenText | None = None,
        bound_to: bytes | None = None,
    ) -> KeyProof:
        """Check all but whether it was used before; what costs most comes last."""
        settings = conf.settings()
        if self.text is None:
            raise invalid("The request has no proof in a DPoP header.")
        try:
            proof = Proof.parse(self.text)
            if bound_to is not None and not hmac.compare_digest(proof.thumbprint, bound_to):
                raise WrongKey("the proof is made with another key")
            ends_at = proof.check(
                method=self.method,
                url=self.url,
                now=timezone.now().timestamp(),
                oldest=settings.DPOP_PROOF_LIFETIME,
            )
            if token is not None:
                proof.require_for_token(token.reveal())
            if settings.DPOP_NONCE_LIFETIME is not None:
                self._check_nonce(proof.nonce, nonce_wanted, lifetime=settings.DPOP_NONCE_LIFETIME)
            proof.require_signed()
        except InvalidJWT as problem:
            raise invalid(f"The DPoP proof cannot be used: {problem}.") from None
        return KeyProof(proof.thumbprint, proof.identifier, datetime.fromtimestamp(ends_at, UTC), invalid)

    def _check_nonce(self, nonce: str | None, wanted: type[OAuthError], *, lifetime: int) -> None:
        """Refuse a nonce that is not ours or too old; have the client told of the next one in time."""
        signer = signing.TimestampSigner(salt=_SALT)
        try:
            signer.unsign(nonce or "", max_age=lifetime)
        except signing.BadSignature:
            self.next_nonce = signer.sign("")
            raise wanted("the proof has no nonce of this site, or an old one") from None
        try:
            signer.unsign(nonce or "", max_age=timedelta(seconds=lifetime / 2))
        except signing.SignatureExpired:
            self.next_nonce = signer.sign("")


def require_holder(shown: ShownProof | None, text: HiddenText, *, bound_to: bytes | None) -> None:
    """Check an access token that comes with a proof, is bound to a key, or both.

    Raises BoundToken where the proof is missing, UnboundToken where the token needs none, and what
    ``ShownProof.use_for`` raises.
    """
    if bound_to is None:
        raise UnboundToken("a token that is bound to no key was sent as DPoP")
    if shown is None:
        raise BoundToken("a token that is bound to a key was sent as Bearer")
    shown.use_for(text, bound_to=bound_to)
