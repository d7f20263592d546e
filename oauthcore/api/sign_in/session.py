"""The device session of a request, by its bearer token."""

from __future__ import annotations

from django.http import HttpRequest

from oauthcore.api.drf.authentication import authenticate
from oauthcore.flows.tokens.verify import VerifiedToken
from oauthcore.models import Grant
from oauthcore.rules.errors.resources import NotAuthenticated
from oauthcore.rules.errors.sign_in import NotASignInToken


def require_session(request: HttpRequest) -> VerifiedToken:
    """Return the verified token of a device session.

    Raises NotAuthenticated without a token, NotASignInToken for one of another kind, and whatever
    verification raises.
    """
    verified = authenticate(request)
    if verified is None:
        raise NotAuthenticated("no token was sent")
    if verified.grant.kind != Grant.Kind.SESSION:
        raise NotASignInToken("the token is not of a device session")
    return verified
