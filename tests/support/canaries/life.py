"""A site's life: every kind of secret is made, used, misused, and sent into views that break."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.test import Client
from django.views.decorators.debug import sensitive_variables

from oauthcore.api.tokens import me as me_view
from oauthcore.flows.applications import client_secrets
from oauthcore.flows.service_tokens import service_tokens
from oauthcore.models import DeviceAuthorization, Token
from oauthcore.recording.writing import BATCHES
from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.admin.staff import TOKENS, Staff
from tests.support.devices.television import GRANT_TYPE, Television, Viewer
from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient, post
from tests.support.reference_site.factories import AccountFactory
from tests.support.service_tokens.commands import secrets_in

PASSWORD = "xQ7vTz2LmPw9RkYb4NsDfG"
WRONG = "Zb8KcJh3WnXe6UqAo5MiVt"
VERIFIER = "r4YpS8dGh2JkL6mNb3VcX9zQw7ErTy5UiOpAsDfGhJkZxCv"


class Broken(Exception):
    """Not an error that anybody expects."""


@sensitive_variables()
def breaks(*_: Any, **__: Any) -> Any:
    """Stand in for something that nobody expected to break."""
    raise Broken


class Life:
    """What happened so far: the secrets by what they are, and what commands printed."""

    def __init__(self) -> None:
        self.user = UserFactory(username="ada", email="ada@example.org", password=PASSWORD)
        self.registered = register(owner=self.user, may_introspect=True, name="Photo Printer")
        self.browser = Client(raise_request_exception=False)
        self.oauth = OAuthClient(self.registered, self.browser)
        self.boss = Staff()
        self.boss.browser.raise_request_exception = False
        self.account = AccountFactory()
        self.secrets = {"password": PASSWORD, "wrong password": WRONG, "verifier": VERIFIER}
        self.secrets["client secret"] = str(self.registered.client_secret)
        self.printed = ""
        self.broken = 0

    def live(self) -> None:
        """Have every secret made, and used as it is meant to be."""
        self.browser.post("/login", {"username": "ada", "password": WRONG})
        self.browser.post("/login", {"username": "ada", "password": PASSWORD})
        challenge = challenge_of(VERIFIER)
        code = self.oauth.code(code_challenge=challenge)
        tokens = self.oauth.redeem(code, code_verifier=VERIFIER).json()
        latest = self.oauth.refresh(tokens["refresh_token"]).json()
        own = self.oauth.token(grant_type="client_credentials", scope="read").json()
        self.secrets |= {
            "code": code,
            "waiting code": self.oauth.code(code_challenge=challenge),
            "access token": tokens["access_token"],
            "spent refresh token": tokens["refresh_token"],
            "refresh token": latest["refresh_token"],
            "own access token": own["access_token"],
            "second client secret": self._rotated_client_secret(),
        }
        self._live_with_devices()
        self._live_as_staff()

    def _live_with_devices(self) -> None:
        """Have one device get its tokens, and another one wait."""
        spent, waiting = Television(), Television()
        spent.begin()
        waiting.begin()
        Viewer(self.user).approve(spent.user_code)
        tokens = spent.poll().json()
        self.secrets |= {
            "spent device code": spent.codes["device_code"],
            "waiting device code": waiting.codes["device_code"],
            "access token of a television": tokens["access_token"],
            "refresh token of a television": tokens["refresh_token"],
        }
        self.device = waiting

    def _rotated_client_secret(self) -> str:
        path = f"/oauth/applications/{self.registered.application.pk}/secrets"
        page = self.browser.get(path).context["page"]
        shown = self.browser.post(path, {"page": page, "overlap": "86400"})
        return str(shown.context["secret"])

    def _live_as_staff(self) -> None:
        contact = {"contact": "ops@example.org", "expiry": "30"}
        token, shown = self.boss.make(self.account.uuid, **contact)
        self.secrets["service token"] = shown.context["secret"]
        self.boss.change(token, label="Weekly export", **contact)
        self.secrets["rotated service token"] = self.boss.rotate(token).context["secret"]
        out = io.StringIO()
        call_command(
            *("service_token_create", str(self.account.uuid), "Backup", "--scope", "api.images.read"),
            *("--contact", "ops@example.org", "--expires", "3"),
            stdout=out,
        )
        [self.secrets["service token of a command"]] = secrets_in(out.getvalue())

    def misuse(self) -> None:
        """Send every secret to where it does not belong."""
        for text in self.secrets.values():
            headers = {"authorization": f"Bearer {text}"}
            for path in ("/v1/me", "/v1/images"):
                Client(raise_request_exception=False).get(path, headers=headers)
            Client().get("/v1/me", {"access_token": text})
            post("/v1/me", {"access_token": text})
            self.oauth.introspect(text)
            self.oauth.token(grant_type="client_credentials", client_secret=text)
            self.oauth.token(grant_type="authorization_code", code=text, code_verifier=text)
            self.oauth.token(grant_type=GRANT_TYPE, device_code=text)
            self.oauth.authorize(state=text, code_challenge=text)
            self.oauth.authorize(redirect_uri=text, scope=text)
            Client().post("/login", {"username": "nobody", "password": text})
            self.boss.browser.post(f"{TOKENS}find/", {"token": text})

    def break_down(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Send secrets into a view of each sort while something breaks."""
        sent = self.secrets
        page = self.boss.browser.get(f"{TOKENS}add/").context["page"]
        form = {"page": page, "account_uuid": self.account.uuid, "label": "x", "scopes": ["api.images.read"]}
        form |= {"origin": "anywhere", "expiry": "90", "max_request_bytes_1": "1"}
        secrets_page = f"/oauth/applications/{self.registered.application.pk}/secrets"
        answer = self.browser.get(secrets_page).context["page"]
        headers = {"authorization": f"Bearer {sent['rotated service token']}"}
        api = Client(raise_request_exception=False, headers=headers)
        calls: list[tuple[Any, str, Callable[[], Any]]] = [
            (Token, "find_access", lambda: api.get("/v1/me")),
            (me_view.Me, "get", lambda: api.get("/v1/me")),
            (Token, "find", lambda: self._posted("/oauth/revoke", token=sent["refresh token"])),
            (Token, "find", lambda: self._posted("/oauth/introspect", token=sent["access token"])),
            (Token, "find_of", lambda: self._posted("/oauth/token", **self._refreshing())),
            (DeviceAuthorization, "find_of", lambda: self._posted("/oauth/token", **self._polling())),
            (client_secrets, "live_secrets", lambda: self.browser.get(secrets_page)),
            (
                client_secrets.events,
                "record",
                lambda: self.browser.post(secrets_page, {"page": answer, "overlap": "0"}),
            ),
            (service_tokens.events, "record", lambda: self.boss.browser.post(f"{TOKENS}add/", form)),
            (QuerySet, "first", self._logging_in),
        ]
        answers = []
        for owner, name, call in calls:
            with monkeypatch.context() as breaking:
                breaking.setattr(owner, name, breaks)
                answers.append(call().status_code)
        self.broken = answers.count(500)

    def _refreshing(self) -> dict[str, str]:
        return {"grant_type": "refresh_token", "refresh_token": self.secrets["refresh token"]}

    def _polling(self) -> dict[str, str]:
        own = {"client_id": self.device.registered.client_id, "client_secret": ""}
        return {**own, "grant_type": GRANT_TYPE, "device_code": self.secrets["waiting device code"]}

    def _posted(self, path: str, **parameters: str) -> Any:
        client = Client(raise_request_exception=False)
        return client.post(path, self.registered.credentials | parameters)

    def _logging_in(self) -> Any:
        client = Client(raise_request_exception=False)
        return client.post("/login", {"username": "ada", "password": PASSWORD})

    def run_commands(self, folder: Path) -> None:
        """Run what staff run, with everything leaked at the end."""
        leaked = folder / "leaked.txt"
        leaked.write_text("\n".join(self.secrets.values()))
        for batch in BATCHES:
            batch.flush()
        self.oauth.refresh(self.secrets["spent refresh token"])
        for command in (
            ("send_notices",),
            ("service_token_list",),
            ("service_token_list", "--json"),
            ("revoke_leaked", str(leaked), "--dry-run"),
            ("revoke_leaked", str(leaked), "--json"),
            ("revoke_leaked", str(leaked)),
            ("service_token_revoke", "--all-of", str(self.account.uuid), "--noinput"),
            ("oauthcore_cleanup", "--keep-days", "0"),
        ):
            out = io.StringIO()
            call_command(*command, stdout=out, stderr=out)
            self.printed += out.getvalue()
        try:
            call_command("revoke_leaked", self.secrets["service token"])
        except CommandError as error:
            self.printed += str(error)
