"""The parameters of an authorization request, valid or not (RFC 6749 §4.1.1)."""

from __future__ import annotations

from oauthcore import conf
from oauthcore.flows.oauth.resources import RESOURCE
from oauthcore.flows.oidc import authentication_request
from oauthcore.rules.oauth.response_modes import ResponseMode
from oauthcore.rules.wire.parameters import Parameters, parse_urlencoded

#: The parameters that are read; all others are ignored (RFC 6749 §3.1).
PARAMETERS = frozenset(
    [
        "response_type",
        "response_mode",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
        "force_login",
        "prompt",
        "login_hint",
        "ui_locales",
        "lang",
        "max_age",
        "acr_values",
        *authentication_request.PARAMETERS,
        "request",
        "request_uri",
        "dpop_jkt",
    ]
)

#: The parameters that may come several times.
SEVERAL = frozenset([RESOURCE])

#: The longest ``state``, in bytes of UTF-8. A longer state is refused, never cut.
LONGEST_STATE = 2048


def read(query: str) -> Parameters:
    """Return the parameters of a query string; raise InvalidRequest if it cannot be read."""
    return parse_urlencoded(query, PARAMETERS, SEVERAL)


def prompts_in(parameters: Parameters) -> frozenset[str]:
    """Return the values of ``prompt``; empty if the parameter is missing or repeated."""
    return frozenset((parameters.get("prompt") or "").split())


def asks_for_login(parameters: Parameters) -> bool:
    """Return whether a request, valid or not, may require a new login of a person who is logged in.

    With ``max_age`` that depends on the time of the login.
    """
    forced = (parameters.get("force_login") or "").lower() in ("true", "1")
    settings = conf.settings()
    is_timed = parameters.get("max_age") is not None and (settings.STEP_UP or settings.OPENID_CONNECT)
    return forced or is_timed or "login" in prompts_in(parameters)


def known_state(parameters: Parameters) -> str | None:
    """Return the state for the answer, or None if it is missing or cannot be returned unchanged.

    A form changes line breaks, and a state may not have them (RFC 6749 appendix A.5).
    """
    state = parameters.get("state")
    is_broken = parameters.get("response_mode") == ResponseMode.FORM_POST and set(state or "") & set("\r\n")
    return state if state is not None and len(state.encode()) <= LONGEST_STATE and not is_broken else None
