"""Addresses of a site below a path, and of an issuer that has one, in any combination (wire §1)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import include, path, set_script_prefix
from django.utils import timezone

from oauthcore import conf, request_context
from oauthcore.addresses import absolute, at_issuer, view_at
from oauthcore.api.dialects.mastodon.instance import picture_url
from oauthcore.checks.project import check_routes
from oauthcore.models import SecurityEvent, ServiceToken
from oauthcore.pages.login import LoginView
from oauthcore.request_context import RequestContext
from reference_site.demo import library
from tests.support.admin.tokens import add, rotate
from tests.support.factories import REDIRECT_URI, UserFactory, register
from tests.support.notices import sent
from tests.support.reference_site.factories import AccountFactory, ImageFactory
from tests.support.service_tokens.making import make

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only("URLs are made of settings and the script name")]

PATH = "/photos"
HOST = "https://testserver"
SERVER, RESOURCE = "/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource"

#: The site's own routes below a path, where the well-known documents are at the root besides.
urlpatterns = [
    path("", include("oauthcore.urls.well_known")),
    path("photos/", include("oauthcore.urls")),
    path("photos/login", LoginView.as_view(), name="login"),
]


def as_issuer(settings, issuer):
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": issuer}


@pytest.fixture
def below(settings):
    """Serve the site below a path, as a server does that has set ``SCRIPT_NAME``."""
    settings.FORCE_SCRIPT_NAME = PATH
    set_script_prefix(PATH)
    yield Client()
    set_script_prefix("/")


def both_mails():
    """Return the mails that tell of something that happened to somebody, and of a token that expires soon."""
    user = UserFactory(email="ada@example.org")
    SecurityEvent.objects.create(kind=SecurityEvent.Kind.PASSKEY_ADDED, user_ref=str(user.pk))
    make(contact="ops@example.org", expires_at=timezone.now() + timedelta(days=2))
    told = {one.to[0]: one for one in sent()}
    return {"security": told["ada@example.org"], "token": told["ops@example.org"]}


@pytest.fixture
def mails(site):
    return both_mails()


@pytest.fixture
def mails_of_a_command(settings):
    """The mails of a site whose issuer has a path, which its server alone knows besides."""
    as_issuer(settings, "https://example.org/auth")
    with in_context(RequestContext()):
        return both_mails()


@pytest.fixture(params=["", PATH], ids=["the issuer has no path", "the issuer has the same path"])
def site(request, below, settings):
    as_issuer(settings, HOST + request.param)
    return below


def test_metadata_has_the_addresses_where_the_endpoints_are(site, settings):
    told = site.get(SERVER).json()

    assert told["issuer"] == settings.OAUTHCORE["ISSUER"]
    assert site.get("/.well-known/openid-configuration").json() == told
    for name in ("authorization", "token", "revocation", "introspection", "app_registration", "userinfo"):
        address = told[f"{name}_endpoint"]
        assert address.startswith(f"{HOST}{PATH}/")
        assert view_at(urlsplit(address).path) is not None


def test_a_challenge_names_the_metadata_where_it_is(site):
    challenge = site.get("/v1/me")["WWW-Authenticate"]

    assert f'resource_metadata="{HOST}{PATH}{RESOURCE}"' in challenge


def test_the_next_page_of_a_list_is_where_the_first_one_was(site):
    made = make()
    ImageFactory.create_batch(2, account=made.account)

    listed = site.get("/v1/images?limit=1", headers={"authorization": f"Bearer {made.text}"}).json()

    assert listed["next"].startswith(f"{HOST}{PATH}/v1/images?")


def test_the_login_names_the_application_and_its_policy_lets_the_way_back_be(site):
    registered = register(name="Light Table")

    parameters = {"client_id": registered.client_id, "response_type": "code", "redirect_uri": REDIRECT_URI}
    asked = site.get("/oauth/authorize", parameters)
    assert asked["Location"].startswith(f"{PATH}/login?next={PATH}/oauth/authorize")
    login = site.get(asked["Location"].removeprefix(PATH))

    assert "Light Table" in login.content.decode()
    assert "form-action" not in login["Content-Security-Policy"]


def test_a_picture_is_where_the_sites_files_are(site, settings):
    settings.STATIC_URL = f"{PATH}/static/"
    assert picture_url().startswith(f"{HOST}{PATH}/static/")

    settings.STATIC_URL = "https://cdn.example/"
    assert picture_url().startswith("https://cdn.example/")


def test_staff_are_shown_where_to_try_a_token(site, admin_client):
    page = admin_client.get(f"/admin/oauthcore/servicetoken/{make().row.pk}/change/")

    assert f"{HOST}{PATH}{PATH}" not in page.content.decode()
    assert absolute("me") == f"{HOST}{PATH}/v1/me"


def test_a_new_secret_is_shown_with_the_address_to_try_it_at(site, admin_client):
    account = AccountFactory()
    made = add(admin_client, account)
    rotated = rotate(admin_client, ServiceToken.objects.get())

    for page in (made, rotated):
        assert f" {HOST}{PATH}/v1/me</output>" in page.content.decode()


def test_mails_lead_to_the_site(site, mails):
    assert f"\n{HOST}{PATH}/oauth/security/\n" in mails["security"].body
    assert f"in the administration of {conf.issuer()}," in mails["token"].body


def test_mails_of_a_command_lead_below_the_path_that_the_issuer_has(mails_of_a_command):
    assert "\nhttps://example.org/auth/oauth/security/\n" in mails_of_a_command["security"].body
    assert "in the administration of https://example.org/auth," in mails_of_a_command["token"].body


def test_the_login_page_is_found(site, settings):
    for name in ("login", f"{PATH}/login", "https://accounts.example/login"):
        settings.LOGIN_URL = name
        assert check_routes() == []


@pytest.mark.parametrize(
    "login_url", ["/login", "/accounts/login/", f"{PATH}login", f"{PATH}/nowhere", "nowhere"]
)
def test_a_page_beside_the_path_is_not_this_sites(login_url, site, settings):
    settings.LOGIN_URL = login_url

    assert [one.id for one in check_routes()] == ["oauthcore.E017"]


@pytest.mark.rfc("8414", "3.1")
@pytest.mark.rfc("9728", "3.1")
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("well_known", "member"), [(SERVER, "issuer"), (RESOURCE, "resource")])
def test_a_site_that_has_the_root_answers_there_with_the_path_inserted(well_known, member, client, settings):
    as_issuer(settings, HOST + PATH)

    for address in (well_known, well_known + PATH, PATH + well_known, f"{PATH}{well_known}{PATH}"):
        told = client.get(address)
        assert (told.status_code, told.json()[member]) == (200, HOST + PATH)
    assert client.get(SERVER).json()["token_endpoint"] == f"{HOST}{PATH}/oauth/token"
    for other in ("/other", f"{PATH}/", f"{PATH}/more", PATH.upper(), f"/{PATH}"):
        assert (client.get(well_known + other).status_code) == 404
        assert client.get(well_known + other).json()["error"] == "not_found"


def test_an_issuer_without_a_path_has_nothing_below_it(client):
    assert client.get(f"{SERVER}{PATH}").json()["error"] == "not_found"


@contextmanager
def in_context(context):
    """Be inside of a request, where the path before the routes is known, or outside."""
    token = request_context._current.set(context)
    yield
    request_context._current.reset(token)


@pytest.fixture
def a_request():
    with in_context(RequestContext(request_id="one")):
        yield


@pytest.fixture
def a_command():
    with in_context(RequestContext()):
        yield


@pytest.mark.usefixtures("a_command")
def test_outside_of_requests_the_issuers_path_stands_for_the_servers(settings):
    as_issuer(settings, HOST + PATH)

    assert absolute("security") == f"{HOST}{PATH}/oauth/security/"
    assert at_issuer(PATH) == HOST + PATH
    assert at_issuer(f"{PATH}/v1/me") == f"{HOST}{PATH}/v1/me"
    assert at_issuer("/photoshop") == f"{HOST}{PATH}/photoshop"

    settings.FORCE_SCRIPT_NAME = ""
    assert absolute("security") == f"{HOST}/oauth/security/"


@pytest.mark.usefixtures("a_request")
def test_inside_of_a_request_routes_are_where_django_says(settings):
    as_issuer(settings, HOST + PATH)

    assert absolute("security") == f"{HOST}/oauth/security/"


@pytest.mark.parametrize("page", ["/", "/oauth/applications/", "/login"])
def test_no_page_leads_out_of_the_path(page, site, settings):
    settings.STATIC_URL = f"{PATH}/static/"
    if page != "/login":
        site.force_login(UserFactory())

    shown = site.get(page).content.decode()

    led = re.findall(r'(?:href|src|action)="(/[^"]*)"', shown)
    assert led
    assert [one for one in led if not one.startswith(f"{PATH}/")] == []


def test_what_the_demo_prints_leads_there(site, capsys, monkeypatch):
    monkeypatch.setattr(library, "install_pictures", lambda: None)  # they are in nothing that it prints
    call_command("demo_data", "--force")

    said = capsys.readouterr().out

    led = [one for one in re.findall(rf"{HOST}(/[^\s'\"]*)", said) if "ISSUER=" not in one]
    assert len(led) > 5
    assert [one for one in led if not one.startswith(PATH)] == []
