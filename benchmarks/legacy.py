"""What counting legacy use costs us: the same of one legacy application, once counted and once not.

A token in the address is counted, the same token in the header is not. A request for a code without PKCE is
counted, one with S256 is not; it is answered at once, for its application is trusted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.utils import timezone

from benchmarks.products import (
    CODE_CHALLENGE,
    REDIRECT_URI,
    Operation,
    expect,
    expect_code,
    handler_with,
)
from benchmarks.requests import Environ, get
from oauthcore.models import Application, Grant, GrantType, LegacySwitch, Profile
from oauthcore.models.issuing import issue
from tests.support.sessions import log_in

_MIDDLEWARE = [
    "oauthcore.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
_PKCE = {"code_challenge": CODE_CHALLENGE, "code_challenge_method": "S256"}


class LegacyOperations:
    """The operations of a legacy application, under the names ``counted`` and ``uncounted``."""

    def __init__(self, users: list[User], *, counted: str, uncounted: str) -> None:
        self._names = {True: counted, False: uncounted}
        self._application, _ = Application.objects.register(
            name="Legacy",
            client_type=Application.ClientType.CONFIDENTIAL,
            profile=Profile.OAUTH_2_0,
            legacy_switches=[LegacySwitch.OPTIONAL_PKCE, LegacySwitch.QUERY_TOKEN],
            grant_types=[GrantType.AUTHORIZATION_CODE],
            redirect_uris=[REDIRECT_URI],
            scopes=["read"],
            is_trusted=True,
        )
        self._tokens = cycle([self._issue_to(user) for user in users])
        self._cookies = cycle([f"sessionid={log_in(user)}" for user in users])

    def __iter__(self) -> Iterator[Operation]:
        bearer, browser = handler_with(_MIDDLEWARE[:1]), handler_with(_MIDDLEWARE)
        for is_counted, name in self._names.items():
            in_place = self._in_address if is_counted else self._in_header
            ask = self._without_pkce if is_counted else self._with_pkce
            yield Operation("legacy bearer check", name, bearer, in_place, expect({"ok": True}))
            yield Operation("legacy authorize", name, browser, ask, expect_code)

    def _issue_to(self, user: User) -> str:
        now = timezone.now()
        grant = Grant.open_for_person(
            application=self._application,
            user=user,
            scopes=frozenset({"read"}),
            account_uuid=None,
            now=now,
            refreshes=False,
        )
        issued = issue(grant, scopes=grant.scopes, account_uuid=None, now=now)
        return issued.access_token.reveal()

    def _in_header(self, count: int) -> list[Environ]:
        return [get("/ours/protected", bearer=token) for token in islice(self._tokens, count)]

    def _in_address(self, count: int) -> list[Environ]:
        some = islice(self._tokens, count)
        return [get("/ours/protected", query=urlencode({"access_token": token})) for token in some]

    def _with_pkce(self, count: int) -> list[Environ]:
        return self._authorize(count, _PKCE)

    def _without_pkce(self, count: int) -> list[Environ]:
        return self._authorize(count, {})

    def _authorize(self, count: int, more: dict[str, str]) -> list[Environ]:
        query = urlencode(
            {"response_type": "code", "client_id": self._application.client_id, "state": "a state", **more}
        )
        return [get("/oauth/authorize", query=query, cookie=one) for one in islice(self._cookies, count)]
