"""One request to the authorize page, with what is known about it so far."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from oauthcore.flows.oauth import pushed_requests
from oauthcore.flows.oauth.authorization_parameters import read
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest
from oauthcore.flows.oauth.consent.shown_page import PageNotValid
from oauthcore.flows.oauth.redirect_target import RedirectTarget
from oauthcore.models import PushedRequest
from oauthcore.pages.authorize import waiting
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.wire.parameters import Parameters


@dataclass
class Visit:
    """A request to the page. ``pushed`` is the pushed request that its ``request_uri`` names, if any."""

    query: str
    parameters: Parameters
    pushed: PushedRequest | None = None
    target: RedirectTarget | None = None
    granted: AuthorizationRequest | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Visit:
        """Return the visit of a request. Raises InvalidRequest, or PageNotValid if the request is gone."""
        query = waiting.query_of(request)
        if query is None:
            raise PageNotValid("the request that waited for a login is gone")
        parameters = read(query)
        pushed = pushed_requests.open_named(parameters)
        return cls(query, parameters if pushed is None else read(pushed.parameters), pushed)

    def asks_for(self, target: RedirectTarget) -> AuthorizationRequest:
        """Return the authorization request. Raises an OAuthError that may be sent to the target."""
        asked = AuthorizationRequest.parse(target, self.parameters, is_pushed=self.pushed is not None)
        return asked.as_pushed(self.pushed)

    def answer_with(self, refusal: OAuthError) -> None:
        """Use up the pushed request after a refusal, unless the refusal says to try again later."""
        if self.pushed is not None and refusal.status < 500:
            self.pushed.use(now=timezone.now())
