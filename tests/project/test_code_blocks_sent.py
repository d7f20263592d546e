"""What our pages send is sent to a running site, and the answers that they show are compared with its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from oauthcore import testing
from oauthcore.models import Application
from reference_site.demo import applications, people, service_tokens
from tests.support.code_blocks.blocks import BLOCKS, blocks_of
from tests.support.code_blocks.conversation import Reader, assert_same_shape
from tests.support.enterprise import NAME as MANAGED
from tests.support.enterprise import assertion, trusted
from tests.support.factories import PASSWORD, register
from tests.support.oauth import ticked_on
from tests.support.sign_in.people import with_account, with_second_factor

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.sqlite_only("no database decides what a page shows"),
]

#: The status of each request of a page. The lesson has a reader and a test of its own.
STATUSES = {
    "docs/deviantart.md": [200, 200, 200, 200, 200, 401],
    "docs/devices.md": [200, 400],
    "docs/enterprise.md": [200],
    "docs/mastodon.md": [200, 200, 200, 200, 200],
    "docs/pushed-requests.md": [201],
    "docs/registration.md": [201],
    "docs/resources.md": [200, 401],
    "docs/service-tokens.md": [200],
    "docs/token-exchange.md": [200],
}
LESSONS = {"docs/tutorial.md"}


@pytest.fixture
def site(live_server: LiveServer, settings: Settings) -> str:
    """The reference site with the applications of the demo, and with the scopes that pages name."""
    words = {name: name for name in ("notes.read", "notes.write", "files.read")}
    origin: str = live_server.url
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "ISSUER": origin,
        "SCOPES": {**settings.OAUTHCORE["SCOPES"], **words},
        "RESOURCES": {
            f"{origin}/mcp": {"name": "Lumen for AI tools", "scopes": ["api.images.read"]},
            f"{origin}/files": {"name": "Files", "scopes": ["files.read", "api.images.read"]},
        },
    }
    return origin


@pytest.fixture
def reader(site: str) -> Reader:
    """A reader who has what the demo prints."""
    users = people.install_people()
    people.install_accounts(users)
    installed = {one.application.client_id: one for one in applications.install_applications(users["ada"])}
    tokens = service_tokens.install_service_tokens(users["staff"], now=timezone.now())
    for client_id, grant_type in {"planner": MANAGED, "gateway": applications.TOKEN_EXCHANGE}.items():
        scopes = ["read", "api.images.read", "files.read"]
        one = register(grant_types=[grant_type], redirect_uris=[], scopes=scopes)
        Application.objects.filter(pk=one.application.pk).update(client_id=client_id)
        installed[client_id] = one
    have: dict[str, Callable[[], str]] = {
        name: (lambda one=one: one.client_secret) for name, one in installed.items()
    }
    reader = Reader(site, have)
    have |= {
        "client_secret": lambda: reader.printed.get("client_secret") or have["contact-sheet"](),
        "Authorization": lambda: tokens[0].text,
        "code": lambda: _approved(reader.printed["open"], users["ada"]),
        "code_challenge": lambda: "E9Melhoa2OwvFrEGSWIHFIEWmSJ1XK1bQd4aFwWnn5o",
        "assertion": lambda: _assertion(users["ben"], site),
        "subject_token": lambda: testing.token_for(users["ada"], ["files.read"]).text,
    }
    return reader


def _approved(address: str, user: User) -> str:
    """Open the address, choose an account, allow access, and return the code that the page shows."""
    browser = Client(headers={"host": "127.0.0.1"})
    browser.force_login(user)
    page = browser.get(address)
    account = re.findall(r'name="account" value="([^"]+)"', page.content.decode())[0]
    chosen = {"transaction": page.context["transaction"], "account": account, "decision": "approve"}
    done = browser.post(page.context["form_action"], ticked_on(page) | chosen)
    return str(done.context["code"])


def _assertion(user: User, site: str) -> str:
    trusted(user)
    return assertion("planner", resource=f"{site}/mcp")


def test_every_page_with_a_request_is_read():
    sending = {one.page for one in BLOCKS if one.language == "sh" and re.search(r"(?m)^curl ", one.text)}

    assert sending == set(STATUSES) | LESSONS


@pytest.mark.parametrize("page", STATUSES)
def test_the_requests_of_a_page_get_the_answers_that_it_shows(page, reader):
    reader.follow(page)

    assert reader.statuses == STATUSES[page]


def test_the_requests_of_an_app_get_the_answers_that_its_page_shows(site):
    """Each block of the page has its place: a request, what it sends, or what it gets."""
    (
        sign_in,
        login,
        signed_in,
        asked,
        mfa,
        code,
        token,
        account,
        issued,
        me,
        sign_out,
        ended,
        devices,
        refused,
    ) = blocks_of("docs/signing-in.md", "http", "json")
    ada, tess = with_account(username="ada"), with_second_factor(username="tess")

    def send(request: Any, document: Any, **changes: Any) -> requests.Response:
        method, path, _ = request.text.partition("\n")[0].split(" ")
        members = {**json.loads(document.text), **changes} if document else None
        known = (
            {"Authorization": f"Bearer {answer['access_token']}"} if "Authorization" in request.text else {}
        )
        return requests.request(method, f"{site}{path}", json=members, headers=known, timeout=20)

    answer = send(sign_in, login).json()
    _compare(signed_in, answer)
    answer = send(
        token, account, refresh_token=answer["refresh_token"], account_uuid=str(ada.account.pk)
    ).json()
    _compare(issued, answer)
    assert send(me, None).status_code == 200
    known = {"Authorization": f"Bearer {answer['access_token']}"}
    _compare(devices, requests.get(f"{site}/v1/auth/devices", headers=known, timeout=20).json())
    assert send(sign_out, ended, refresh_token=answer["refresh_token"]).status_code < 300

    with_factor = send(sign_in, login, login="tess", password=PASSWORD).json()
    _compare(asked, with_factor)
    shown = send(mfa, code, mfa_token=with_factor["mfa_token"], code=tess.code())
    assert shown.status_code == 200
    _compare(refused, send(sign_in, login, device={"platform": "ios"}).json())


def _compare(block: Any, real: Any) -> None:
    assert_same_shape(json.loads(block.text), real, str(block))
