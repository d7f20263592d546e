"""What is asked of the site: every hot path, the page of connections, and the lists of the admin."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count, cycle, islice
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler

from benchmarks.admin_rows import named_pages
from benchmarks.growth.rows import COLLECTOR_NAME, PASSWORD, Filled, fill
from benchmarks.ours import OAuthCore
from benchmarks.products import Operation, Operations, UnexpectedAnswerError, expect, expect_code
from benchmarks.reference_site import AuthorizePage
from benchmarks.requests import Answer, Environ, get, post, post_json
from oauthcore.models import Application, Grant, Token
from oauthcore.rules.tokens.secrets import digest_of
from tests.support.sessions import log_in

CONNECTIONS = "/oauth/connections/"
COLLECTED = "connections, many applications"
DEVICE = {"name": "Phone", "platform": "ios"}


class Site(OAuthCore):
    """The reference site, with the applications of the benchmark. ``people`` approve them."""

    middleware = settings.MIDDLEWARE
    protected_path = "/v1/me"

    def __init__(self) -> None:
        self.people: list[User] = []
        super().__init__("ours", (person for _ in count() for person in self.people))

    def fill(self, tokens: int, **options: int) -> Filled:
        """Fill the tables, and find people who approved the benchmark's application."""
        web = Application.objects.get(client_id=self.web_application.client_id)
        filled = fill(tokens, web=web.pk, **options)
        self.people = list(User.objects.filter(pk__in=filled.approvers))
        return filled


def hot_paths(site: Site, filled: Filled) -> Iterator[Operation]:
    """Yield the paths, each of which takes another known row at every call."""
    known = _Known(site, filled)
    handler = known.handler
    for operation in known:
        if operation.name == "bearer check":
            operation = replace(operation, check=expect({"kind": "oauth_token"}))
        yield operation
    yield Operation("revoke", "ours", handler, known.revocations, expect({}))
    yield Operation("sign-in", "ours", handler, known.sign_ins, _expect_signed_in)
    yield Operation("access token per account", "ours", handler, known.account_tokens, known.keep_session)
    remembered = AuthorizePage(site.web_application.client_id, site.people, handler)
    yield Operation("authorize, remembered", "ours", handler, _in_turn(remembered.looks(10**9)), expect_code)
    cookies = [f"sessionid={log_in(user)}" for user in site.people[:100]]
    own = _in_turn([get(CONNECTIONS, cookie=cookie) for cookie in cookies])
    yield Operation("connections", "ours", handler, own, _expect_page)
    collector = User.objects.filter(username=COLLECTOR_NAME).first()
    if collector is not None:
        cookie = f"sessionid={log_in(collector)}"
        for name, query in ((COLLECTED, ""), (f"{COLLECTED}, last page", "page=1000000")):
            asked = _in_turn([get(CONNECTIONS, query=query, cookie=cookie)])
            yield Operation(name, "ours", handler, asked, _expect_page)


def admin_lists(handler: WSGIHandler) -> Iterator[Operation]:
    """Yield each list as it opens, each search and each filter, asked by a member of staff."""
    cookie = f"sessionid={log_in(User.objects.create_superuser('staff', 'staff@site.example', 'unused'))}"
    for page, address in named_pages():
        path, query = address.split("?")
        asked = _in_turn([get(f"/admin/oauthcore/{path}", query=query, cookie=cookie)])
        yield Operation(f"admin {page}", "ours", handler, asked, _expect_page)


class _Known(Operations):
    """The five operations on the rows that the tables were filled with, and three more."""

    def __init__(self, product: OAuthCore, filled: Filled) -> None:
        super().__init__(product, tokens_of_each=0)
        self._filled = filled
        self._access_tokens = cycle(filled.bearer)
        self._refresh_tokens = list(filled.refresh)
        self._revocable = cycle(filled.revoke)
        self._logins = cycle(filled.logins)
        self._sessions = deque(filled.sessions)
        self._asked_for: deque[UUID] = deque()

    def revocations(self, count: int) -> list[Environ]:
        """Revoke tokens; those that were revoked earlier are usable again first."""
        texts = list(islice(self._revocable, count))
        ended = Token.objects.filter(digest__in=[digest_of(text) for text in texts]).values("grant")
        Grant.objects.filter(pk__in=ended).update(revoked_at=None, revoked_reason="")
        fields = self.product.web_application.as_fields
        return [post("/oauth/revoke", {"token": text, **fields}) for text in texts]

    def sign_ins(self, count: int) -> list[Environ]:
        """Sign people in with their password."""
        return [
            post_json("/v1/auth/sign_in", {"login": login, "password": PASSWORD, "device": DEVICE})
            for login in islice(self._logins, count)
        ]

    def account_tokens(self, count: int) -> list[Environ]:
        """Ask for an access token for an account, with the refresh token of a device."""
        taken = [self._sessions.popleft() for _ in range(count)]
        self._asked_for.extend(account for _, account in taken)
        return [
            post_json("/v1/auth/token", {"refresh_token": token, "account_uuid": str(account)})
            for token, account in taken
        ]

    def keep_session(self, answer: Answer) -> None:
        """Check an answer, and keep the next refresh token. Answers come in the order of requests."""
        account = self._asked_for.popleft()
        if answer.status != 200:
            raise UnexpectedAnswerError(f"{answer.status} {answer.body[:300]!r}")
        self._sessions.append((answer.json["refresh_token"], account))


def _in_turn(requests: Sequence[Environ]) -> Callable[[int], list[Environ]]:
    """Return what gives the next requests out, from the beginning again after the last."""
    asked = cycle(requests)
    return lambda count: [dict(one) for one in islice(asked, count)]


def _expect_signed_in(answer: Answer) -> None:
    if answer.status != 200 or "refresh_token" not in answer.json:
        raise UnexpectedAnswerError(f"{answer.status} {answer.body[:300]!r}, not signed in")


def _expect_page(answer: Answer) -> None:
    if answer.status != 200:
        raise UnexpectedAnswerError(f"{answer.status} {answer.location!r}, not a page")
