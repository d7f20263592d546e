"""The docs' example of another second factor: django-otp, on a site of its own, behind a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django_otp.oath import TOTP

from tests.support.factories import PASSWORD
from tests.support.markdown import PAGES, code_blocks
from tests.support.serving import served
from tests.support.serving.other_sites import running, submit

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

DEVICE = {"name": "Phone", "platform": "ios"}
#: Makes somebody with each of these; an unconfirmed device is one that nobody has finished setting up.
MAKE_PEOPLE = """
import django, json, sys
django.setup()
from django.contrib.auth.models import User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from reference_site.accounts.models import Account

account, keys = Account.objects.create(name="Studio"), {}
for name in ("app", "replay", "browser", "page", "paper", "admin", "enrolling", "unconfirmed"):
    user = User.objects.create_superuser(name, password=sys.argv[1])
    account.users.add(user)
    device = TOTPDevice.objects.create(user=user, name="phone", confirmed=name != "unconfirmed")
    keys[name] = device.key
    if name != "unconfirmed":
        StaticDevice.objects.create(user=user, name="paper").token_set.create(token=f"2{name}")
print(json.dumps(keys))
"""


@dataclass(frozen=True)
class OtherSite:
    """A running site that uses django-otp, and the keys of its people's devices."""

    url: str
    keys: dict[str, str]

    def code(self, name: str, *, steps: int = 0) -> str:
        """Return what the person's device shows now, or so many steps later."""
        return f"{TOTP(bytes.fromhex(self.keys[name]), drift=steps).token():06d}"

    def post(self, path: str, token: str = "", **members: Any) -> httpx.Response:
        """Send JSON, with a bearer token if there is one."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(self.url + path, json=members, headers=headers, timeout=20)

    def sign_in(self, name: str) -> dict[str, Any]:
        """Show the password in an app."""
        answer = self.post("/v1/auth/sign_in", login=name, password=PASSWORD, device=DEVICE)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def show(self, name: str, code: str) -> httpx.Response:
        """Show password and code in an app."""
        return self.post("/v1/auth/mfa", mfa_token=self.sign_in(name)["mfa_token"], code=code)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherSite]:
    folder, beginning = tmp_path_factory.mktemp("django_otp"), served.migrated(tmp_path_factory)
    with running(folder, _example(), MAKE_PEOPLE, beginning=beginning) as (url, keys):
        yield OtherSite(url, json.loads(keys))


def _example() -> dict[str, str]:
    """Return the files of the example, each named in its first line."""
    example = [one for one in code_blocks(PAGES["second-factor.md"], "python") if one.startswith("# mysite/")]
    assert len(example) == 2
    return {block.partition("\n")[0].removeprefix("# mysite/"): block for block in example}


def test_an_app_is_asked_for_the_code_of_the_persons_device(site):
    asked = site.sign_in("app")

    assert (asked["mfa_required"], asked["methods"]) == (True, ["totp", "recovery_code"])
    answer = site.post("/v1/auth/mfa", mfa_token=asked["mfa_token"], code=site.code("app"))
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == "app"


def test_a_code_that_comes_back_is_refused_and_so_is_a_wrong_one(site):
    code = site.code("replay")
    assert site.show("replay", code).status_code == 200

    asked = site.sign_in("replay")
    for again in (code, site.code("replay", steps=-1), "00000", "1234\uff15\uff16", "2repla\u1ef3"):
        refused = site.post("/v1/auth/mfa", mfa_token=asked["mfa_token"], code=again)
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_mfa_code")


def test_a_static_token_works_once(site):
    assert site.show("app", "2app").status_code == 200

    assert site.show("app", "2app").json()["error"] == "invalid_mfa_code"


def test_a_device_that_was_never_confirmed_is_not_asked_for(site):
    assert "refresh_token" in site.sign_in("unconfirmed")


def test_enrolling_is_left_to_the_site(site):
    session = site.show("enrolling", site.code("enrolling")).json()
    account = {"refresh_token": session["refresh_token"], "account_uuid": session["accounts"][0]["uuid"]}
    token = site.post("/v1/auth/token", **account).json()["access_token"]

    for path, members in (
        ("totp", {"password": PASSWORD}),
        ("totp/confirm", {"code": "123456"}),
        ("recovery_codes", {"password": PASSWORD, "code": "123456"}),
    ):
        answer = site.post(f"/v1/auth/mfa/{path}", token, **members)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.fixture
def browser(site: OtherSite) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site.url, timeout=20, follow_redirects=True) as client:
        yield client


def test_the_login_page_asks_for_it_in_a_second_step(site, browser):
    page = submit(
        browser, browser.get("/login?next=/oauth/connections/"), username="browser", password=PASSWORD
    )
    assert page.url.path == "/oauth/second-step"
    assert browser.get("/oauth/connections/").url.path == "/login"

    wrong = submit(browser, page, code="00000")
    assert "wrong or was already used" in wrong.text
    arrived = submit(browser, wrong, code=site.code("browser"))

    assert (arrived.status_code, arrived.url.path) == (200, "/oauth/connections/")


def test_the_security_page_says_that_the_site_manages_it(site, browser):
    page = browser.get("/login?next=/oauth/security/")
    step = submit(browser, page, username="page", password=PASSWORD)

    security = submit(browser, step, code=site.code("page"))

    assert (security.status_code, security.url.path) == (200, "/oauth/security/")
    assert "You switch it on and off on another page" in security.text
    assert 'name="do"' not in security.text


def test_a_static_token_does_in_the_browser_as_well(site, browser):
    page = submit(
        browser, browser.get("/login?next=/oauth/connections/"), username="paper", password=PASSWORD
    )

    assert submit(browser, page, code="2paper").url.path == "/oauth/connections/"


def test_the_admins_own_login_leads_to_the_second_step(site, browser):
    page = submit(browser, browser.get("/admin/login/?next=/admin/"), username="admin", password=PASSWORD)
    assert page.url.path == "/oauth/second-step"

    assert submit(browser, page, code=site.code("admin")).url.path == "/admin/"
