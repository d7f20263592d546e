"""Authorization requests: what an application asks for, and whether it may (RFC 6749 §4.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

from oauthcore import conf
from oauthcore.flows.redirect_target import RedirectTarget
from oauthcore.models import Application, GrantType
from oauthcore.rules import pkce, scopes
from oauthcore.rules.errors import (
    InvalidRequest,
    InvalidScope,
    RequestNotSupported,
    RequestURINotSupported,
    UnauthorizedClient,
    UnsupportedResponseType,
)
from oauthcore.rules.parameters import Parameters, as_boolean
from oauthcore.rules.scopes import Scopes

#: The parameters that are read; all others are passed over (RFC 6749 §3.1).
PARAMETERS = frozenset(
    [
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "force_login",
        "prompt",
        "request",
        "request_uri",
    ]
)

#: The longest ``state`` that is carried, in bytes of UTF-8. A longer one is refused, never cut.
LONGEST_STATE = 2048


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request for a code that has passed every rule but the person's own decision."""

    target: RedirectTarget
    scopes: Scopes
    state: str | None
    code_challenge: str
    code_challenge_method: str
    prompts: frozenset[str]
    wants_login: bool

    @property
    def application(self) -> Application:
        """The application that asks."""
        return self.target.application

    @classmethod
    def parse(cls, target: RedirectTarget, parameters: Parameters) -> AuthorizationRequest:
        """Build the request, or raise the OAuthError that may be sent to the target (RFC 6749 §4.1.1)."""
        parameters.refuse_repeated()
        state = known_state(parameters)
        if state is None and parameters.get("state") is not None:
            raise InvalidRequest(f"The parameter state has more than {LONGEST_STATE} bytes.")
        _refuse_request_objects(parameters)
        _check_response_type(target.application, parameters.require("response_type"))
        challenge = pkce.require_challenge(
            parameters.get("code_challenge"), parameters.get("code_challenge_method")
        )
        prompts = prompts_in(parameters)
        if "none" in prompts and len(prompts) > 1:
            raise InvalidRequest("prompt=none goes with no other prompt.")
        return cls(
            target=target,
            scopes=_asked_scopes(target.application, parameters.get("scope")),
            state=state,
            code_challenge=challenge,
            code_challenge_method="S256",
            prompts=prompts,
            wants_login="login" in prompts or as_boolean(parameters.get("force_login"), "force_login"),
        )

    @property
    def is_silent(self) -> bool:
        """Whether no page may be shown."""
        return "none" in self.prompts


def prompts_in(parameters: Parameters) -> frozenset[str]:
    """Return the prompts that were asked for, none where the parameter is missing or came twice."""
    return frozenset((parameters.get("prompt") or "").split())


def known_state(parameters: Parameters) -> str | None:
    """Return the state to give back, or None when there is none that can be given back whole."""
    state = parameters.get("state")
    return state if state is not None and len(state.encode()) <= LONGEST_STATE else None


def _refuse_request_objects(parameters: Parameters) -> None:
    if parameters.get("request") is not None:
        raise RequestNotSupported("a request object was sent")
    if parameters.get("request_uri") is not None:
        raise RequestURINotSupported("a request_uri was sent")


def _check_response_type(application: Application, response_type: str) -> None:
    if response_type == "token":
        raise UnauthorizedClient("the application may not use the implicit grant")
    if response_type != "code":
        raise UnsupportedResponseType("response_type is not code")
    if not application.allows(GrantType.AUTHORIZATION_CODE):
        raise UnauthorizedClient("the application may not use authorization codes")


def _asked_scopes(application: Application, scope: str | None) -> Scopes:
    asked = application.scopes_by_default if scope is None else scopes.parse(scope)
    if not asked or not conf.settings().vocabulary.is_within(asked, application.scopes):
        raise InvalidScope("a scope is unknown or not the application's, or there is no default")
    return asked
