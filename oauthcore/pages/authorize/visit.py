"""One request for the authorize page, as far as it is known whose it is and where its answer may go."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from oauthcore.flows.oauth import pushed_requests
from oauthcore.flows.oauth.authorization_request import AuthorizationRequest, read
from oauthcore.flows.oauth.consent.shown_page import PageNotValid
from oauthcore.flows.oauth.redirect_target import RedirectTarget
from oauthcore.models import PushedRequest
from oauthcore.pages.authorize import waiting
from oauthcore.rules.errors.oauth import OAuthError
from oauthcore.rules.wire.parameters import Parameters


@dataclass
class Visit:
    """A request for the page; ``pushed`` is what its address stands for, where it was sent ahead."""

    query: str
    parameters: Parameters
    pushed: PushedRequest | None = None
    target: RedirectTarget | None = None
    granted: AuthorizationRequest | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Visit:
        """Return what a request asks. Raises InvalidRequest, and PageNotValid for what is gone."""
        query = waiting.query_of(request)
        if query is None:
            raise PageNotValid("the request that waited for a login is gone")
        parameters = read(query)
        pushed = pushed_requests.open_named(parameters)
        return cls(query, parameters if pushed is None else read(pushed.parameters), pushed)

    def asks_for(self, target: RedirectTarget) -> AuthorizationRequest:
        """Return what is asked for, or raise the OAuthError that may be sent to the target."""
        asked = AuthorizationRequest.parse(target, self.parameters, is_pushed=self.pushed is not None)
        return asked.as_pushed(self.pushed)

    def answer_with(self, refusal: OAuthError) -> None:
        """Note that a refusal is the answer; one that says to try again later is none."""
        if self.pushed is not None and refusal.status < 500:
            self.pushed.use(now=timezone.now())
