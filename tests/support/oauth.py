"""The client that tests speak OAuth with: the steps of a real one, through the public routes only."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpResponse
from django.test import Client

from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.factories import REDIRECT_URI, Registered, UserFactory, register

VERIFIER = "a-verifier-of-forty-three-characters-or-more"
CHALLENGE = challenge_of(VERIFIER)


class OAuthClient:
    """One browser session and one application: ``authorize``, ``decide``, ``redeem``, ``refresh`` …"""

    #: Where authorize, token and revoke are.
    lead: ClassVar[str] = "/oauth"

    def __init__(self, registered: Registered, browser: Client | None = None) -> None:
        self.registered = registered
        self.browser = browser or Client()

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of a good authorization request; a change to None leaves one out."""
        parameters = {
            "response_type": "code",
            "client_id": self.registered.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": "read",
            "state": "a state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in parameters.items() if value is not None}

    def authorize(self, **changes: Any) -> Any:
        """Open the authorize page."""
        return self.browser.get(f"{self.lead}/authorize", self.parameters(**changes))

    def decide(
        self, decision: str = "approve", *, transaction: str | None = None, form: Any = None, **changes: Any
    ) -> Any:
        """Open the page and answer it; ``form`` adds to or changes what is sent."""
        claims: list[str] = []
        if transaction is None:
            page = self.authorize(**changes)
            transaction, claims = page.context["transaction"], ticked_on(page)["claim"]
        parameters = self.parameters(**changes)
        fields = {
            "claim": claims,
            "transaction": transaction,
            "scope": parameters.get("scope", "read").split(),
            "decision": decision,
            **(form or {}),
        }
        return self.browser.post(f"{self.lead}/authorize?{urlencode(parameters, doseq=True)}", fields)

    def code(self, **changes: Any) -> str:
        """Have a person approve, where they still have to be asked, and return the code."""
        page = self.authorize(**changes)
        if page.status_code == 200:
            form = ticked_on(page) | changes.pop("form", {})
            page = self.decide(transaction=page.context["transaction"], form=form, **changes)
        return answer(page)["code"]

    def token(self, **parameters: Any) -> Any:
        """Ask the token endpoint; credentials are sent in the body unless they are given as None."""
        return post(f"{self.lead}/token", self.registered.credentials | parameters)

    def redeem(self, code: str, **changes: Any) -> Any:
        """Trade a code."""
        parameters = {"redirect_uri": REDIRECT_URI, "code_verifier": VERIFIER, **changes}
        return self.token(grant_type="authorization_code", code=code, **parameters)

    def tokens(self, **changes: Any) -> dict[str, Any]:
        """Go the whole way and return the token answer."""
        answered: dict[str, Any] = self.redeem(self.code(**changes)).json()
        return answered

    def refresh(self, refresh_token: str, **changes: Any) -> Any:
        """Trade a refresh token."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def revoke(self, token: str | None, **changes: Any) -> Any:
        """Revoke a token."""
        return post(f"{self.lead}/revoke", self.registered.credentials | {"token": token} | changes)

    def introspect(self, token: str | None, **changes: Any) -> Any:
        """Introspect a token."""
        return post("/oauth/introspect", self.registered.credentials | {"token": token} | changes)


def with_person(registered: Registered | None = None, user: Any = None) -> OAuthClient:
    """Return an application at whose browser a person is logged in, both made up where they are not given."""
    browser = Client()
    browser.force_login(user or UserFactory())
    return OAuthClient(registered or register(), browser)


def ticked_on(page: Any) -> dict[str, Any]:
    """Return the form of a consent page on which every box is ticked."""
    return {
        "scope": [one["name"] for group in page.context["scope_groups"] for one in group["scopes"]],
        "claim": [one["name"] for group in page.context["claim_groups"] for one in group["claims"]],
    }


def basic(client_id: str, client_secret: str | None) -> str:
    """Write credentials as the Basic scheme has them, raw."""
    return "Basic " + b64encode(f"{client_id}:{client_secret or ''}".encode()).decode()


def post(path: str, parameters: dict[str, Any], **headers: str) -> Any:
    """Send a form as an application would, without cookies; parameters that are None are left out."""
    sent = {name: value for name, value in parameters.items() if value is not None}
    return Client().post(
        path, urlencode(sent, doseq=True), content_type="application/x-www-form-urlencoded", headers=headers
    )


def me(access_token: str) -> Any:
    """Call the API with a token."""
    return Client().get("/v1/me", headers={"authorization": f"Bearer {access_token}"})


def assert_inactive(response: Any) -> None:
    """Check that an introspection tells nothing (RFC 7662 §2.2)."""
    assert (response.status_code, response.json()) == (200, {"active": False})


def is_live(access_token: str) -> bool:
    """Return whether the API takes a token."""
    return bool(me(access_token).status_code == 200)


def answer(response: HttpResponse) -> dict[str, str]:
    """Return the parameters that a redirect carries to the application."""
    assert response.status_code in (302, 303), response.content
    return dict(parse_qsl(urlsplit(response["Location"]).query))


def granted(response: HttpResponse, oauth: OAuthClient) -> set[str]:
    """Redeem the code that a redirect carries, and return the scopes of the token."""
    return set(oauth.redeem(answer(response)["code"]).json()["scope"].split())
