"""Software that signs people in with the site: what it sends, according to its sources, and what it needs.

``docs/relying-parties.md`` says how to set it up. The commands of that page register it here.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from django.core.management import call_command
from django.test import Client

from tests.support.markdown import PAGES, code_blocks, section
from tests.support.oauth import basic, post
from tests.support.relying_party import allow, somebody

PAGE = PAGES["relying-parties.md"]
VERIFIER = "V" * 64
CHALLENGE = {
    "code_challenge": urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}
NONCE = {"nonce": "0123456789ABCDEFGHIJKLMNOPQRSTUV"}
PROFILE = "openid profile email"


@dataclass(frozen=True)
class Software:
    """The requests of a relying party, and where it reads which claims."""

    #: Parameters of the authorization request beside client_id, redirect_uri, response_type and state.
    asks: Mapping[str, str]
    #: How it authenticates at the token endpoint: ``body``, ``header``, ``quoted header`` or ``none``.
    secret: str
    #: What it sends with the code beside grant_type, code, redirect_uri and code_verifier.
    redeems: Mapping[str, str] = field(default_factory=dict)
    #: The claims that it cannot do without, in the id token and from userinfo.
    in_id_token: frozenset[str] = frozenset()
    in_userinfo: frozenset[str] = frozenset()
    #: Whether it reads userinfo.
    reads_userinfo: bool = True


NAMES = frozenset(["name", "email", "preferred_username"])
SOFTWARE = {
    "mozilla-django-oidc": Software(
        asks={"scope": PROFILE, **CHALLENGE, **NONCE}, secret="body", in_userinfo=frozenset(["email"])
    ),
    "django-allauth": Software(  # joins a set, so the order is any; sends no nonce
        asks={"scope": "email openid profile", **CHALLENGE}, secret="body", in_userinfo=NAMES
    ),
    "Authlib": Software(asks={"scope": PROFILE, **CHALLENGE, **NONCE}, secret="header", in_userinfo=NAMES),
    "oauth2-proxy": Software(  # Go's oauth2 escapes the credentials; approval_prompt is of old Google
        asks={"scope": PROFILE, "approval_prompt": "force", **CHALLENGE, **NONCE},
        secret="quoted header",
        in_userinfo=NAMES,
    ),
    "Grafana": Software(asks={"scope": PROFILE, **CHALLENGE}, secret="quoted header", in_userinfo=NAMES),
    "GitLab": Software(  # the scope is sent with the code unless send_scope_to_token_endpoint is heeded
        asks={"scope": PROFILE, **CHALLENGE, **NONCE},
        secret="body",
        redeems={"scope": PROFILE},
        in_userinfo=NAMES,
    ),
    "Nextcloud": Software(  # asks for two claims that nobody offers here, and reads the id token alone
        asks={
            "scope": PROFILE,
            "claims": json.dumps(
                {
                    part: dict.fromkeys(["email", "name", "quota", "groups"])
                    for part in ("id_token", "userinfo")
                }
            ),
            **CHALLENGE,
            **NONCE,
        },
        secret="body",
        in_id_token=frozenset(["name", "email"]),
        reads_userinfo=False,
    ),
    "Home Assistant": Software(
        asks={"scope": "openid profile", **CHALLENGE, **NONCE},
        secret="none",
        in_userinfo=frozenset(["name", "preferred_username"]),
    ),
    "Apache": Software(asks={"scope": PROFILE, **CHALLENGE, **NONCE}, secret="header", in_userinfo=NAMES),
}


def command_of(name: str) -> list[str]:
    """Return the words of the command that registers the software, without ``python manage.py``."""
    [block] = code_blocks(section(PAGE, name), "console")
    return shlex.split(block.replace("\\\n", " "))[2:]


def redirect_uris_of(name: str) -> list[str]:
    """Return the redirect URIs of the command."""
    return [after for word, after in pairwise(command_of(name)) if word == "--redirect-uri"]


def scopes_of(name: str) -> set[str]:
    """Return the scopes of the command."""
    return {after for word, after in pairwise(command_of(name)) if word == "--scope"}


class Sender:
    """A person's browser and the software, which was registered as the page says."""

    def __init__(self, name: str, user: Any = None) -> None:
        out = StringIO()
        call_command(*command_of(name), "--json", stdout=out)
        registered = json.loads(out.getvalue())
        self.software = SOFTWARE[name]
        self.redirect_uri = redirect_uris_of(name)[0]
        self.client_id: str = registered["client_id"]
        self.client_secret: str | None = registered.get("client_secret")
        self.browser = Client()
        self.browser.force_login(user or somebody(username="ada", email="ada@people.example"))

    def parameters(self, **changes: Any) -> dict[str, Any]:
        """Return the parameters of the authorization request."""
        standard = {"response_type": "code", "client_id": self.client_id, "redirect_uri": self.redirect_uri}
        sent = {**standard, "state": "S" * 32, **self.software.asks, **changes}
        return {one: value for one, value in sent.items() if value is not None}

    def authorize(self, **changes: Any) -> Any:
        """Open the authorize page, and allow what is asked for."""
        page = self.browser.get("/oauth/authorize", self.parameters(**changes))
        if page.status_code != 200:
            return page
        return allow(self.browser, page)

    def redeem(self, code: str, **changes: Any) -> Any:
        """Trade the code, with the credentials where this software has them."""
        sent: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
            **self.software.redeems,
            **changes,
        }
        match self.software.secret:
            case "body":
                sent |= {"client_id": self.client_id, "client_secret": self.client_secret}
            case "none":
                sent |= {"client_id": self.client_id}
            case "header":
                return post("/oauth/token", sent, authorization=basic(self.client_id, self.client_secret))
            case _:
                quoted = basic(quote(self.client_id, safe=""), quote(self.client_secret or "", safe=""))
                return post("/oauth/token", sent, authorization=quoted)
        return post("/oauth/token", sent)
