"""What people and applications do all day, each thread for a person of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from benchmarks.load import Act, Answer, Client, basic
from benchmarks.products import CODE_CHALLENGE, CODE_VERIFIER, REDIRECT_URI, Credentials

PASSWORD = "what everybody has here"
_QUERY = {
    "response_type": "code",
    "redirect_uri": REDIRECT_URI,
    "scope": "read",
    "state": "a state",
    "code_challenge": CODE_CHALLENGE,
    "code_challenge_method": "S256",
}


@dataclass(frozen=True)
class Applications:
    """The applications of the run: with people, for itself, and one that introspects."""

    web: Credentials
    machine: Credentials
    resource_server: Credentials


@dataclass
class Person:
    """A person who is logged in with a browser, and the tokens that an application has for them."""

    applications: Applications
    username: str
    account: UUID
    cookie: str
    access_token: str = ""
    refresh_token: str = ""
    #: What was answered with another status than it should have been.
    unexpected: Counter[str] = field(default_factory=Counter)

    def acts(self) -> list[tuple[int, Act]]:
        """Return what they do, and how often: mostly, an access token is used."""
        return [
            (50, self.use),
            (10, self.refresh),
            (8, self.introspect),
            (8, self.act_for_itself),
            (8, self.approve),
            (4, self.look),
            (2, self.sign_in),
            (3, self.mistake),
        ]

    def use(self, client: Client) -> None:
        """Use the access token."""
        if not self.access_token:
            self.approve(client)
        answer = client.get("bearer check", "/v1/me", Authorization=f"Bearer {self.access_token}")
        self._expect(answer, 200, "bearer check")

    def refresh(self, client: Client) -> None:
        """Rotate the refresh token."""
        if not self.refresh_token:
            self.approve(client)
        fields = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        self._keep(
            client.form("refresh", "/oauth/token", fields | self.applications.web.as_fields), "refresh"
        )

    def introspect(self, client: Client) -> None:
        """Ask about the access token, as a resource server does."""
        header = basic(*self.applications.resource_server.as_pair)
        fields = {"token": self.access_token or "unknown"}
        answer = client.form("introspection", "/oauth/introspect", fields, Authorization=header)
        self._expect(answer, 200, "introspection")

    def act_for_itself(self, client: Client) -> None:
        """Get a token for an application itself."""
        fields = {"grant_type": "client_credentials", "scope": "read", **self.applications.machine.as_fields}
        self._expect(client.form("client credentials", "/oauth/token", fields), 200, "client credentials")

    def approve(self, client: Client) -> None:
        """Come back to an application that was approved before; what it had is revoked."""
        former, web = self.refresh_token, self.applications.web
        query = urlencode(_QUERY | {"client_id": web.client_id})
        answer = client.get("authorize", f"/oauth/authorize?{query}", Cookie=self.cookie)
        if not self._expect(answer, 302, "authorize"):
            return
        code = parse_qs(urlsplit(answer.headers["Location"]).query).get("code", [""])[0]
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT_URI}
        fields |= {"code_verifier": CODE_VERIFIER, **web.as_fields}
        self._keep(client.form("code", "/oauth/token", fields), "code")
        if former:
            self._expect(
                client.form("revoke", "/oauth/revoke", {"token": former, **web.as_fields}), 200, "revoke"
            )

    def look(self, client: Client) -> None:
        """Look at what has access."""
        answer = client.get("connections", "/oauth/connections/", Cookie=self.cookie)
        self._expect(answer, 200, "connections")

    def sign_in(self, client: Client) -> None:
        """Sign in on a device, get a token for an account, and sign out."""
        device = {"name": "Phone", "platform": "ios"}
        members = {"login": self.username, "password": PASSWORD, "device": device}
        answer = client.members("sign-in", "/v1/auth/sign_in", members)
        if not self._expect(answer, 200, "sign-in"):
            return
        members = {"refresh_token": answer.json["refresh_token"], "account_uuid": str(self.account)}
        answer = client.members("access token per account", "/v1/auth/token", members)
        if self._expect(answer, 200, "access token per account"):
            members = {"refresh_token": answer.json["refresh_token"]}
            self._expect(client.members("sign-out", "/v1/auth/sign_out", members), 200, "sign-out")

    def mistake(self, client: Client) -> None:
        """Send a code that there is not."""
        fields = {"grant_type": "authorization_code", "code": "unknown", "redirect_uri": REDIRECT_URI}
        answer = client.form("mistake", "/oauth/token", fields | self.applications.web.as_fields)
        self._expect(answer, 400, "mistake")

    def _keep(self, answer: Answer, name: str) -> None:
        if self._expect(answer, 200, name):
            self.access_token = answer.json["access_token"]
            self.refresh_token = answer.json["refresh_token"]
        else:
            self.access_token = self.refresh_token = ""

    def _expect(self, answer: Answer, status: int, name: str) -> bool:
        if answer.status != status:
            self.unexpected[f"{name}: {answer.status}"] += 1
        return answer.status == status
