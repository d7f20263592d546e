"""What an OpenID request asks for beyond an OAuth request (OpenID Connect Core §3.1.2.1)."""

from __future__ import annotations

from dataclasses import dataclass

from oauthcore.accounts import User
from oauthcore.flows.oidc.id_token_hints import InvalidHint, read_hint
from oauthcore.flows.oidc.requested_claims import RequestedClaims
from oauthcore.models import Application
from oauthcore.models.subjects import subject_for
from oauthcore.rules.errors.oauth import InvalidRequest
from oauthcore.rules.errors.oidc import RegistrationNotSupported
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.step_up import LoginWanted
from oauthcore.rules.oidc.claims import OPENID_SCOPES
from oauthcore.rules.oidc.claims_parameter import ClaimsParameter
from oauthcore.rules.wire.parameters import Parameters

#: The parameters that only an OpenID request has.
PARAMETERS = frozenset(["nonce", "claims", "id_token_hint", "registration"])

#: The longest ``nonce``, in characters. A longer nonce is refused, never cut.
LONGEST_NONCE = 255


@dataclass(frozen=True)
class AuthenticationRequest:
    """The OpenID part of an authorization request. ``nonce`` goes into the id token unchanged.

    ``hinted`` is the subject of the id token that was sent, and ``parameter`` the parameter ``claims``: each
    may name the person whom the request is for.
    """

    nonce: str | None
    claims: RequestedClaims
    login_wanted: LoginWanted
    parameter: ClaimsParameter
    hinted: str | None = None

    @classmethod
    def parse(
        cls, application: Application, parameters: Parameters, *, scopes: Scopes, steps_up: bool
    ) -> AuthenticationRequest:
        """Return the OpenID part of a request with the scope ``openid``.

        ``steps_up`` says that a protected resource may have told the application to send ``acr_values`` (RFC
        9470). It has not if the application asks only for scopes of OpenID Connect. Raises InvalidRequest and
        RegistrationNotSupported.
        """
        if parameters.get("registration") is not None:
            raise RegistrationNotSupported("the parameter registration was sent")
        wanted = ClaimsParameter.parse(parameters.get("claims"))
        is_step_up = steps_up and bool(scopes - OPENID_SCOPES)
        return cls(
            _nonce(parameters.get("nonce")),
            RequestedClaims.of(application, scopes, wanted),
            _login_wanted(parameters, wanted, is_step_up=is_step_up),
            wanted,
            _hinted(application, parameters.get("id_token_hint")),
        )

    def is_for(self, application: Application, user: User) -> bool:
        """Return whether the request names this person, or nobody (§3.1.2.1, §5.5.1)."""
        if self.hinted is None and not self.parameter.names_subjects:
            return True
        subject = str(subject_for(application, user))
        return self.hinted in (None, subject) and self.parameter.allows_subject(subject)


def _nonce(sent: str | None) -> str | None:
    if sent is not None and len(sent) > LONGEST_NONCE:
        raise InvalidRequest(f"The parameter nonce has more than {LONGEST_NONCE} characters.")
    return sent


def _hinted(application: Application, sent: str | None) -> str | None:
    """Return the subject of an id token that the application sends back, expired or not."""
    if sent is None:
        return None
    hint = read_hint(sent)
    if hint is None:
        raise InvalidHint("the key of the id_token_hint is gone")
    if hint.client_id != application.client_id:
        raise InvalidHint("the id_token_hint is another application's")
    return hint.subject


def _login_wanted(parameters: Parameters, claims: ClaimsParameter, *, is_step_up: bool) -> LoginWanted:
    """Return the wanted login. Where the two disagree, the claim ``acr`` counts, not ``acr_values``.

    Both are a wish unless the claim is essential (§5.5.1.1). In a step-up they are a requirement (RFC 9470
    §4): otherwise the resource would refuse the token again and again.
    """
    wanted = LoginWanted.parse(parameters.get("max_age"), parameters.get("acr_values"))
    named = claims.acr.texts
    return LoginWanted(
        wanted.max_age,
        named or wanted.acr_values,
        is_wish=not (is_step_up or (claims.acr.is_essential and named)),
        needs_time=claims.needs_time_of_login,
    )
