"""Authorization requests: what an application asks for, and whether it may (RFC 6749 §4.1.1, §4.2.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from oauthcore import conf
from oauthcore.accounts import User
from oauthcore.flows.oauth.authorization_parameters import LONGEST_STATE, known_state, prompts_in
from oauthcore.flows.oauth.consent.question import AccessRequest, within_reach
from oauthcore.flows.oauth.redirect_target import RedirectTarget
from oauthcore.flows.oauth.resources import declared_by, named_by
from oauthcore.flows.oidc.authentication_request import AuthenticationRequest
from oauthcore.models import Application, GrantType, LegacySwitch, LegacyUse, PushedRequest
from oauthcore.rules.errors.oauth import (
    InvalidRequest,
    InvalidScope,
    RequestNotSupported,
    RequestURINotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oauthcore.rules.oauth import pkce, scopes
from oauthcore.rules.oauth.dpop import parse_thumbprint, render_thumbprint
from oauthcore.rules.oauth.scopes import Scopes
from oauthcore.rules.oauth.step_up import ANY_LOGIN, LoginWanted
from oauthcore.rules.oidc.claims import OFFLINE_ACCESS
from oauthcore.rules.wire.parameters import Parameters, as_boolean

Habit = LegacyUse.Habit


@dataclass(frozen=True)
class AuthorizationRequest:
    """A valid request for a code or, by a legacy application, for a token. Only the approval is missing.

    The person decides about ``access``. The rest says where the answer goes, and what it is bound to.
    """

    access: AccessRequest
    target: RedirectTarget
    state: str | None
    challenge: pkce.Challenge
    wants_login: bool
    is_implicit: bool
    #: The key that the code is bound to, if any (RFC 9449 §10).
    key_thumbprint: bytes | None = None
    login_wanted: LoginWanted = ANY_LOGIN
    openid: AuthenticationRequest | None = None
    pushed: PushedRequest | None = None

    @property
    def application(self) -> Application:
        """The application that asks."""
        return self.access.application

    @classmethod
    def parse(
        cls, target: RedirectTarget, parameters: Parameters, *, is_pushed: bool = False
    ) -> AuthorizationRequest:
        """Build the request, or raise the OAuthError that may be sent to the target (RFC 6749 §4.1.1)."""
        parameters.refuse_repeated()
        state = known_state(parameters)
        if state is None and parameters.get("state") is not None:
            raise InvalidRequest(
                f"The parameter state has more than {LONGEST_STATE} bytes, or a line break in a form."
            )
        _refuse_request_objects(parameters)
        if not is_pushed and _has_to_push(target.application):
            raise InvalidRequest("This application has to push its authorization requests (RFC 9126).")
        is_implicit = _is_implicit(target, parameters.require("response_type"))
        if parameters.get("response_mode") not in (None, target.mode.value):
            raise InvalidRequest("There is no such response_mode for this redirect_uri and response_type.")
        prompts = prompts_in(parameters)
        if "none" in prompts and len(prompts) > 1:
            raise InvalidRequest("prompt=none goes with no other prompt.")
        resources = named_by(target.application, parameters)
        asked = declared_by(resources, asked_scopes(target.application, parameters.get("scope")))
        openid = _openid_part(target.application, asked, parameters)
        if openid is not None and is_implicit:
            raise UnsupportedResponseType("an OpenID request is for a code")
        access = AccessRequest(
            application=target.application,
            scopes=asked,
            prompts=prompts,
            resources=resources,
            is_impersonable=target.is_impersonable,
            redirect_host=target.host_to_approve,
            is_refreshable=not is_implicit,
            claims=openid.claims if openid else None,
        )
        return cls(
            access=access,
            target=target,
            state=state,
            challenge=pkce.Challenge() if is_implicit else _challenge(target.application, parameters),
            wants_login="login" in prompts
            or as_boolean(parameters.get("force_login"), "force_login")
            or (openid is not None and openid.login_wanted.max_age == 0),
            is_implicit=is_implicit,
            key_thumbprint=_key_thumbprint(target.application, parameters.get("dpop_jkt")),
            login_wanted=openid.login_wanted if openid else _login_wanted(target.application, parameters),
            openid=openid,
        )

    @property
    def nonce(self) -> str | None:
        """The nonce of an OpenID request, which the id token returns unchanged."""
        return None if self.openid is None else self.openid.nonce

    @property
    def is_silent_guess(self) -> bool:
        """Whether the answer would tell an application that the person never approved who is logged in.

        An application can name any person with the claim ``sub``, and a public subject is not a secret. An
        answer without a page would tell it whether the guess was right.
        """
        names = self.openid is not None and self.openid.parameter.names_subjects
        is_strange = self.target.consent is None and not self.application.is_trusted
        return self.access.is_silent and names and is_strange

    def is_for(self, user: User) -> bool:
        """Return whether the request names this person, or nobody."""
        return self.openid is None or self.openid.is_for(self.application, user)

    def as_pushed(self, pushed: PushedRequest | None) -> AuthorizationRequest:
        """Return the request as a pushed request, which is answered once."""
        return self if pushed is None else replace(self, pushed=pushed)

    @property
    def bound_to(self) -> tuple[str, ...]:
        """The values that must be the same when the person answers the page, such as the redirect URI."""
        response_type = "token" if self.is_implicit else "code"
        where = (self.target.redirect_uri, response_type, self.target.mode.value)
        key = () if self.key_thumbprint is None else (render_thumbprint(self.key_thumbprint),)
        pushed = () if self.pushed is None else (f"pushed {self.pushed.pk}",)
        openid = () if self.openid is None else (f"nonce {self.nonce or ''}", f"for {self.openid.hinted}")
        return (*where, self.challenge.method, self.challenge.text, self.state or "", *key, *openid, *pushed)

    @property
    def habits(self) -> tuple[Habit, ...]:
        """The kinds of legacy use in it; empty for an OAuth 2.1 application."""
        weak = Habit.PLAIN_PKCE if self.challenge.text else Habit.NO_PKCE
        found = {
            Habit.IMPLICIT: self.is_implicit,
            weak: not self.is_implicit and self.challenge.method != "S256",
            Habit.PATH_PREFIX: not self.target.is_exact,
            Habit.OUT_OF_BAND: self.target.is_out_of_band,
        }
        return tuple(habit for habit, is_there in found.items() if is_there)


def _has_to_push(application: Application) -> bool:
    """Return whether the application must push, also while the site takes no pushed requests."""
    if application.is_legacy:
        return False
    return application.requires_pushed_requests or conf.settings().REQUIRE_PUSHED_AUTHORIZATION_REQUESTS


def _refuse_request_objects(parameters: Parameters) -> None:
    if parameters.get("request") is not None:
        raise RequestNotSupported("a request object was sent")
    if parameters.get("request_uri") is not None:
        raise RequestURINotSupported("a request_uri was sent")


def _is_implicit(target: RedirectTarget, response_type: str) -> bool:
    """Return whether the request is for a token, not a code; refuse a type that is not allowed."""
    if response_type not in ("code", "token"):
        raise UnsupportedResponseType("response_type is not code")
    if response_type == "code":
        if not target.application.allows(GrantType.AUTHORIZATION_CODE):
            raise UnauthorizedClient("the application may not use authorization codes")
        return False
    if not target.application.allows(GrantType.IMPLICIT):
        raise UnauthorizedClient("the application may not use the implicit grant")
    if not target.redirect_uri.startswith("https://"):
        raise UnauthorizedClient("the implicit grant needs a redirect URI with https")
    return True


def _challenge(application: Application, parameters: Parameters) -> pkce.Challenge:
    """Return the PKCE challenge: S256 for OAuth 2.1; for a legacy application its switch decides."""
    sent, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if not application.may(LegacySwitch.OPTIONAL_PKCE):
        return pkce.require_challenge(sent, method)
    return pkce.accept_challenge(sent, method, is_required=not application.is_confidential)


def _key_thumbprint(application: Application, dpop_jkt: str | None) -> bytes | None:
    """Return the thumbprint of the key that a code is to be bound to, if any (RFC 9449 §10)."""
    if dpop_jkt is None or application.is_legacy or not conf.settings().DPOP:
        return None
    thumbprint = parse_thumbprint(dpop_jkt)
    if thumbprint is None:
        raise InvalidRequest("dpop_jkt is not the base64url SHA-256 of a key: 43 characters, no padding.")
    return thumbprint


def _login_wanted(application: Application, parameters: Parameters) -> LoginWanted:
    """Return the wanted login (RFC 9470 §4); for a legacy application any login is enough."""
    if not _steps_up(application):
        return ANY_LOGIN
    return LoginWanted.parse(parameters.get("max_age"), parameters.get("acr_values"))


def _steps_up(application: Application) -> bool:
    return conf.settings().STEP_UP and not application.is_legacy


def _openid_part(
    application: Application, asked: Scopes, parameters: Parameters
) -> AuthenticationRequest | None:
    """Return what the request asks for beyond OAuth, if it is an OpenID request."""
    if not conf.settings().is_openid(asked):
        return None
    return AuthenticationRequest.parse(application, parameters, scopes=asked, steps_up=_steps_up(application))


def asked_scopes(application: Application, scope: str | None) -> Scopes:
    """Return the requested scopes, or the default; raise InvalidScope for none, or for one not allowed.

    ``offline_access`` is ignored where the application cannot have it (OpenID Connect Core §11): clients add
    it because the metadata lists it.
    """
    asked = application.scopes_by_default if scope is None else scopes.parse(scope)
    vocabulary, reach = conf.settings().vocabulary, within_reach(application)
    if OFFLINE_ACCESS in vocabulary.words and not vocabulary.allows(reach, OFFLINE_ACCESS):
        asked -= {OFFLINE_ACCESS}
    if not asked:
        raise InvalidScope("no scope was asked for, and the application has no default")
    vocabulary.refuse_outside(asked, reach)
    return asked
