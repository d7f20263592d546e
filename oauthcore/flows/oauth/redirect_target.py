"""The target of an answer of the authorize page: only a registered redirect URI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from oauthcore import conf, request_context
from oauthcore.accounts import User
from oauthcore.flows.oauth.client_authentication import find_application, is_called, named
from oauthcore.models import Application, Consent, GrantType, LegacySwitch
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.oauth import redirect_uris, response_modes
from oauthcore.rules.oauth.answer_parameters import without_answer_parameters
from oauthcore.rules.oauth.response_modes import ResponseMode
from oauthcore.rules.wire.parameters import Parameters


class UntrustedTarget(OAuthError):
    """There is no registered redirect URI: a page tells the person, and the browser is not redirected."""

    error = "invalid_request"
    status = 400

    def __init__(self, reason: str = "", *, application: Application | None = None) -> None:
        super().__init__(reason)
        self.application = application


@dataclass(frozen=True)
class RedirectTarget:
    """An address known to belong to an application, so that answers may be sent there.

    ``consent`` is the earlier consent of the person for the application. Unless it ``is_exact``, it only
    begins like a registered URI. ``mode`` is the response mode of answers and errors.
    """

    application: Application
    redirect_uri: str
    is_exact: bool = True
    mode: ResponseMode = ResponseMode.QUERY
    consent: Consent | None = None

    @classmethod
    def find(
        cls, parameters: Parameters, *, user: User | None = None, holds_consent: bool = False
    ) -> RedirectTarget:
        """Return the target of a request's answer; raise UntrustedTarget if it is not registered.

        It is one query if the user has a consent for the application, two otherwise. ``holds_consent`` locks
        the consent, so that it is not withdrawn before the transaction ends.
        """
        if parameters.repeated & {"client_id", "redirect_uri"}:
            raise UntrustedTarget("client_id or redirect_uri was sent more than once")
        application, consent = _find(parameters.get("client_id"), user, holds_consent=holds_consent)
        if application is None:
            raise UntrustedTarget("client_id is missing, or no enabled application has it")
        is_implicit = parameters.get("response_type") == "token"
        uri, is_exact = _matched(application, parameters.get("redirect_uri"), is_implicit=is_implicit)
        gets_token = is_implicit and application.allows(GrantType.IMPLICIT)
        offered = response_modes.choices(uri, is_implicit=gets_token)
        mode = response_modes.chosen(parameters.get("response_mode"), offered)
        return cls(application, uri, is_exact, mode, consent)

    def answer(self, parameters: Mapping[str, str | None]) -> Answer:
        """Return an answer with these parameters and ``iss`` (RFC 6749 §4.1.2, RFC 9207 §2)."""
        every = {**parameters, "iss": conf.issuer()}
        return Answer(self, {name: value for name, value in every.items() if value is not None})

    def refusal(self, refusal: OAuthError, state: str | None) -> Answer:
        """Return the answer that carries a refusal (RFC 6749 §4.1.2.1)."""
        return self.answer({"error": refusal.error, "error_description": refusal.description, "state": state})

    @property
    def host_to_approve(self) -> str:
        """The host or scheme that people approve together with the application; empty if not needed.

        It is needed for self-registered applications, which choose and change their redirect URIs themselves.
        """
        application = self.application
        if application.is_legacy or not application.is_self_registered:
            return ""
        return redirect_uris.host_to_approve(self.redirect_uri)

    @property
    def is_out_of_band(self) -> bool:
        """Whether answers are shown on a page instead of being sent anywhere."""
        return self.redirect_uri == redirect_uris.OUT_OF_BAND

    @property
    def is_impersonable(self) -> bool:
        """Whether another program could stand in for a public application at this address (RFC 8252 §8.6)."""
        return not self.application.is_confidential and redirect_uris.is_impersonable(self.redirect_uri)


@dataclass(frozen=True)
class Answer:
    """An answer of the authorize page: its parameters, and the redirect target."""

    target: RedirectTarget
    parameters: Mapping[str, str] = field(repr=False)

    @property
    def address(self) -> str:
        """The redirect URI alone, to which a form is posted."""
        return without_answer_parameters(self.target.redirect_uri)

    @property
    def url(self) -> str:
        """The redirect URI with the parameters in its query or its fragment."""
        joint = "&" if "?" in self.address else "?"
        if self.target.mode is ResponseMode.FRAGMENT:
            joint = "#"
        return f"{self.address}{joint}{urlencode(self.parameters, quote_via=quote)}"


def _find(
    client_id: str | None, user: User | None, *, holds_consent: bool
) -> tuple[Application | None, Consent | None]:
    if client_id is None:
        return None, None
    if user is not None and user.is_authenticated:
        consent = Consent.find(user, named(client_id), is_held=holds_consent)
        if consent is not None and is_called(consent.application, client_id):
            request_context.name_application(consent.application.client_id)
            return consent.application if consent.application.is_live else None, consent
    return find_application(client_id), None


def is_still_registered(application: Application, redirect_uri: str) -> bool:
    """Return whether the redirect URI of a code is still registered."""
    try:
        _matched(application, redirect_uri, is_implicit=False)
    except UntrustedTarget:
        return False
    return True


def _matched(application: Application, sent: str | None, *, is_implicit: bool) -> tuple[str, bool]:
    """Return the redirect URI to use and whether it is a registered one, or only begins like one."""
    uri, is_exact = _named(application, sent, is_implicit=is_implicit)
    if application.problem_with_redirect_uri(uri, is_registered=True) is not None:
        # Rows that a bulk update or SQL wrote were not validated.
        raise UntrustedTarget(
            "the registered redirect_uri is one that may not be registered", application=application
        )
    return uri, is_exact


def _named(application: Application, sent: str | None, *, is_implicit: bool) -> tuple[str, bool]:
    registered = application.redirect_uris
    if sent is None and len(registered) == 1:
        return registered[0], True
    if sent is not None and redirect_uris.match_any(
        registered, sent, is_public=not application.is_confidential
    ):
        return sent, True
    may_begin = application.may(LegacySwitch.PATH_PREFIX) and not is_implicit
    if sent is not None and may_begin and redirect_uris.begins_with_any(registered, sent):
        return sent, False
    raise UntrustedTarget("redirect_uri is not registered for the application", application=application)
