"""What each error means, in words for an application's developer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

MEANINGS: dict[str, Any] = {
    "invalid_request": _(
        "A parameter is missing, repeated or malformed, or the redirect URI is not registered."
    ),
    "invalid_client": _(
        "The secret or the signed assertion is missing, wrong or ended, or the application is turned off. Or "
        "the document at its client ID cannot be used."
    ),
    "invalid_grant": _(
        "The code, refresh token or assertion is unknown, expired, used, revoked or of another application. "
        "Or its redirect URI, code_verifier or key does not match."
    ),
    "invalid_scope": _(
        "A scope is unknown, not registered for this application, or more than was granted. The Scopes "
        "page lists its scopes."
    ),
    "unauthorized_client": _(
        "The application is not registered for this grant type, or may not do this. The Settings page has "
        "its grant types."
    ),
    "unsupported_grant_type": _("This site does not know this grant_type."),
    "unsupported_response_type": _("This site does not know this response_type. Use code."),
    "unsupported_media_type": _("The Content-Type of the body is not a form, JSON or multipart."),
    "method_not_allowed": _(
        "The endpoint does not accept this HTTP method. The Allow header of the answer lists the methods."
    ),
    "request_too_large": _("The body is larger than this endpoint or this token allows."),
    "request_not_supported": _("Request objects are not supported. Send the parameters themselves."),
    "request_uri_not_supported": _(
        "The request_uri is not the name of a request that was pushed here. Request objects are not fetched."
    ),
    "registration_not_supported": _(
        "Metadata in an authorization request is not read. Register the application instead."
    ),
    "slow_down": _(
        "A device asked before its interval was over: it has to wait five seconds longer from now on. Or "
        "there were too many wrong secrets, or too many introspections of unknown tokens: wait for the "
        "seconds in Retry-After."
    ),
    "authorization_pending": _(
        "The person in front of the device has not answered yet. Ask again after the interval."
    ),
    "expired_token": _("Nobody answered the device in time. Begin a new device authorization."),
    "invalid_target": _(
        "A resource is unknown here, is not a full URL without query and fragment, or was not approved."
    ),
    "invalid_dpop_proof": _(
        "The proof in the DPoP header is missing, wrong, too old, or was used before. Make a new proof for "
        "each request."
    ),
    "use_dpop_nonce": _(
        "The proof in the DPoP header carries no nonce of this site, or an old one. Send the request again "
        "with a new proof that carries the nonce of DPoP-Nonce."
    ),
    "access_denied": _("The person did not allow access."),
    "login_required": _("The person was not logged in, and with prompt=none no login page is shown."),
    "consent_required": _(
        "The person has not allowed this yet, and with prompt=none no consent page is shown."
    ),
    "invalid_token": _(
        "The access token is malformed, expired or revoked. Refresh it, or send the person to the "
        "authorize page again."
    ),
    "insufficient_scope": _(
        "The token is valid, but it does not have a scope that is needed. Ask for the scope at the "
        "authorize page. If the reason names the person’s role or the account, a new token does not help."
    ),
    "insufficient_user_authentication": _(
        "The token is valid, but its person logged in too long ago or without the second factor. Send "
        "max_age and acr_values of WWW-Authenticate to the authorize page."
    ),
    "unmet_authentication_requirements": _(
        "The person has no second factor and acr_values asks for one, or it has no value that this site "
        "knows."
    ),
    "not_authenticated": _("No access token was sent."),
    "invalid_redirect_uri": _("A change of the registration had a redirect URI that it may not have."),
    "invalid_client_metadata": _(
        "A change of the registration said something that cannot stand. The reason names it."
    ),
    "ip_not_allowed": _("The token may not be used from this network."),
    "length_required": _("This token needs a Content-Length header with each body."),
    "server_error": _("Something went wrong on our side. Our log has the details under the Request-Id."),
    "temporarily_unavailable": _(
        "A system that we depend on did not answer. Try again after the seconds in Retry-After."
    ),
}
