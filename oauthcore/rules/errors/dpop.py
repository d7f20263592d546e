"""The refusals of DPoP, each with the code and status that the wire shows (RFC 9449 §5, §7.1, §8, §9).

::

    OAuthError
    ├── InvalidDPoPProof          400 invalid_dpop_proof       (at the endpoints for applications)
    ├── UseDPoPNonce              400 use_dpop_nonce           (likewise)
    └── InvalidToken              401 invalid_token
        ├── BoundToken            401 invalid_token            (a bound token, sent as Bearer)
        ├── UnboundToken          401 invalid_token            (an unbound token, sent as DPoP)
        ├── WrongKey              401 invalid_token
        ├── InvalidProofOfToken   401 invalid_dpop_proof       (at a protected resource)
        └── UseNonceForToken      401 use_dpop_nonce           (likewise)
"""

from __future__ import annotations

from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.errors.resources import InvalidToken
from oauthcore.rules.wire.bearer import DPOP

_NONCE_WANTED = "Send the proof again, with the nonce of the DPoP-Nonce header."


class InvalidDPoPProof(OAuthError):
    """The proof of a key is missing or wrong; the message says how."""

    error = "invalid_dpop_proof"
    status = 400


class UseDPoPNonce(OAuthError):
    """The proof must contain a nonce of this site; the answer has one in the header ``DPoP-Nonce``."""

    error = "use_dpop_nonce"
    status = 400
    text = _NONCE_WANTED


class BoundToken(InvalidToken):
    """A token that is bound to a key was sent without a proof."""

    text = (
        "This access token is bound to a key. Send it with the scheme DPoP, and a proof in the DPoP header."
    )
    scheme = DPOP


class UnboundToken(InvalidToken):
    """A token that is not bound to a key was sent with the scheme DPoP."""

    text = "This access token is not bound to a key. Send it with the scheme Bearer."


class WrongKey(InvalidToken):
    """The proof was made with a different key from the key of the token."""

    text = "The DPoP proof is made with another key than the one that the access token is bound to."


class InvalidProofOfToken(InvalidToken):
    """The proof sent with an access token is missing or wrong; the message says how."""

    error = "invalid_dpop_proof"
    text = None


class UseNonceForToken(InvalidToken):
    """The proof sent with an access token must contain a nonce of this site."""

    error = "use_dpop_nonce"
    text = _NONCE_WANTED
