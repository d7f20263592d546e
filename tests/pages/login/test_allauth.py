"""A login page that sends logged-in people straight back: allauth's, with its defaults, behind a real server.

Wire §2 point 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.support.factories import PASSWORD
from tests.support.oauth import CHALLENGE
from tests.support.serving import served
from tests.support.serving.other_sites import running, submit

pytestmark = pytest.mark.sqlite_only("redirects between two login pages")

CALLBACK = "https://client.example/cb"
FILES = {
    "settings.py": """
INSTALLED_APPS += ["allauth", "allauth.account"]
MIDDLEWARE += ["allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # its own, in the cache
OAUTHCORE |= {"LOGIN_LIMIT": (6, 300)}
ROOT_URLCONF = "mysite.urls"
""",
    "urls.py": """
from django.urls import include, path
from reference_site.urls import *

urlpatterns += [path("accounts/", include("allauth.urls"))]
""",
}
MAKE_PEOPLE = """
import django, json, sys
django.setup()
from django.contrib.auth.models import User
from tests.support.factories import register

for name in ("ada", "ben", "cleo", "dan"):
    User.objects.create_user(name, password=sys.argv[1])
print(json.dumps({"client_id": register(redirect_uris=["https://client.example/cb"]).client_id}))
"""


@dataclass(frozen=True)
class OtherSite:
    """A running site that has allauth for its logins, and an application registered there."""

    url: str
    client_id: str

    def request(self, **more: str) -> str:
        """Return an authorization request."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": "read",
            "state": "a state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "prompt": "consent",  # or what one test allows would be remembered in the next
            **more,
        }
        return f"/oauth/authorize?{urlencode(query)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherSite]:
    folder, beginning = tmp_path_factory.mktemp("allauth"), served.migrated(tmp_path_factory)
    with running(folder, FILES, MAKE_PEOPLE, beginning=beginning) as (url, printed):
        yield OtherSite(url, **json.loads(printed))


@pytest.fixture
def browser(site: OtherSite) -> Iterator[httpx.Client]:
    """Follows redirects within the site, as a browser does: a loop ends with an exception."""
    with httpx.Client(base_url=site.url, timeout=20, follow_redirects=True) as client:
        yield client


@pytest.fixture
def ada(site: OtherSite, browser: httpx.Client) -> httpx.Client:
    """A browser in which ada has logged in at allauth's page."""
    submit(browser, browser.get("/accounts/login/"), login="ada", password=PASSWORD)
    return browser


def approved(browser: httpx.Client, consent: httpx.Response) -> dict[str, str]:
    """Press the button, and return what the application is told."""
    assert "transaction" in consent.text, consent.text
    browser.follow_redirects = False
    response = submit(browser, consent, transaction=_field(consent, "transaction"), decision="approve")
    browser.follow_redirects = True
    assert response.headers["Location"].startswith(CALLBACK)
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def _field(page: httpx.Response, name: str) -> str:
    return page.text.partition(f'name="{name}" value="')[2].partition('"')[0]


@pytest.mark.parametrize(
    "more", [{}, {"prompt": "login consent"}, {"state": "s" * 2000}], ids=["", "login", "long"]
)
def test_its_login_page_comes_before_consent(
    site: OtherSite, browser: httpx.Client, more: dict[str, Any]
) -> None:
    page = browser.get(site.request(**more))
    assert page.url.path == "/accounts/login/"

    consent = submit(browser, page, login="ada", password=PASSWORD)

    assert "ada" in consent.text
    assert approved(browser, consent)["state"] == more.get("state", "a state")


@pytest.mark.parametrize(
    "more",
    [{"prompt": "login consent"}, {"force_login": "true"}, {"prompt": "login consent", "state": "s" * 2000}],
    ids=["prompt", "force_login", "long"],
)
def test_credentials_are_asked_for_again_once_on_a_page_of_ours(
    site: OtherSite, ada: httpx.Client, more: dict[str, Any]
) -> None:
    page = ada.get(site.request(**more))
    assert page.url.path == "/oauth/login-again"
    assert 'value="ada"' in page.text
    wrong = submit(ada, page, username="ada", password="wrong")
    assert "username or the password is wrong" in wrong.text

    consent = submit(ada, wrong, username="ada", password=PASSWORD)

    assert approved(ada, consent)["code"]


@pytest.mark.parametrize("link", ["the application's", "the person's own"])
def test_the_person_can_come_back_as_somebody_else(site: OtherSite, ada: httpx.Client, link: str) -> None:
    if link == "the application's":
        page = ada.get(site.request(prompt="login consent"))
    else:
        page = ada.get(f"{site.request()}&oauthcore_switch=1")
    assert page.url.path == "/oauth/login-again"

    consent = submit(ada, page, username="ben", password=PASSWORD)

    assert "ben" in consent.text
    assert approved(ada, consent)["code"]


@pytest.mark.parametrize("state", ["a state", "s" * 2000], ids=["short", "long"])
def test_somebody_without_a_password_logs_out_and_in_again_as_they_always_do(
    site: OtherSite, ada: httpx.Client, state: str
) -> None:
    page = ada.get(site.request(prompt="login consent", state=state))

    login = submit(ada, page, username="", another_way="1")
    assert login.url.path == "/accounts/login/"
    consent = submit(ada, login, login="ben", password=PASSWORD)

    assert "ben" in consent.text
    assert approved(ada, consent)["state"] == state


@pytest.mark.parametrize(
    ("path", "name", "field"),
    [("/accounts/login/", "cleo", "password"), ("/accounts/password/change/", "dan", "oldpassword")],
)
def test_its_passwords_count_with_all_others(
    site: OtherSite, browser: httpx.Client, path: str, name: str, field: str
) -> None:
    """Each name is tried in no other test."""
    if name == "dan":
        submit(browser, browser.get("/accounts/login/"), login=name, password=PASSWORD)
    typed = {"login": name, field: "wrong"} if name == "cleo" else {field: "wrong"}

    answers = [submit(browser, browser.get(path), **typed) for _ in range(7)]

    assert [one.status_code for one in answers] == [200] * 6 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0
