"""Where an answer of the authorize page may be sent: nowhere, unless an application has registered it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from oauthcore import conf, request_context
from oauthcore.flows.client_authentication import find_application
from oauthcore.models import Application
from oauthcore.rules import redirect_uris
from oauthcore.rules.errors import OAuthError
from oauthcore.rules.parameters import Parameters


class UntrustedTarget(OAuthError):
    """There is no address to answer to: the person is told, and the browser is sent nowhere."""

    error = "invalid_request"
    status = 400


@dataclass(frozen=True)
class RedirectTarget:
    """An address known to belong to an application, so that answers may be sent there."""

    application: Application
    redirect_uri: str

    @classmethod
    def find(cls, parameters: Parameters) -> RedirectTarget:
        """Return where the answer to a request goes; raise UntrustedTarget where that is not sure."""
        if parameters.repeated & {"client_id", "redirect_uri"}:
            raise UntrustedTarget("client_id or redirect_uri was sent more than once")
        client_id, sent = parameters.get("client_id"), parameters.get("redirect_uri")
        application = None if client_id is None else find_application(client_id)
        if application is None:
            raise UntrustedTarget("client_id is missing, or no enabled application has it")
        request_context.name_application(application.client_id)
        registered = application.redirect_uris
        uri = registered[0] if sent is None and len(registered) == 1 else sent
        if uri is None or not redirect_uris.match_any(registered, uri):
            raise UntrustedTarget("redirect_uri is not registered for the application")
        if redirect_uris.problem_with(uri) is not None:  # a bulk update or SQL asks no validator
            raise UntrustedTarget("the registered redirect_uri is one that may not be registered")
        return cls(application, uri)

    def answer(self, parameters: dict[str, str | None]) -> str:
        """Return the redirect URI with an answer's parameters and ``iss`` (RFC 6749 §4.1.2, RFC 9207 §2)."""
        present = {
            name: value for name, value in {**parameters, "iss": conf.issuer()}.items() if value is not None
        }
        joint = "&" if "?" in self.redirect_uri else "?"
        return f"{self.redirect_uri}{joint}{urlencode(present, quote_via=quote)}"

    def refusal(self, refusal: OAuthError, state: str | None) -> str:
        """Return the URL that carries a refusal (RFC 6749 §4.1.2.1)."""
        return self.answer({"error": refusal.error, "error_description": refusal.description, "state": state})

    @property
    def is_impersonable(self) -> bool:
        """Whether another program could stand in for a public application at this address (RFC 8252 §8.6)."""
        return not self.application.is_confidential and redirect_uris.is_impersonable(self.redirect_uri)
