"""People and staff read which protected resource an application may use."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from oauthcore.models import Consent, Grant, SecurityEvent
from tests.support.factories import register
from tests.support.oauth import with_person
from tests.support.pages.reading import text_of
from tests.support.sites.several_resources import DECLARED, FILES, ISSUER, MCP

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.several_resources"),
    pytest.mark.sqlite_only("texts of pages; the resources of grants are stored everywhere in flows"),
]

CONNECTIONS = "/oauth/connections/"


@pytest.fixture(autouse=True)
def declared(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": DECLARED}


@pytest.fixture
def oauth():
    return with_person(register(scopes=["read", "write"]))


def test_the_consent_page_names_each_resource_and_its_address(oauth):
    said = text_of(oauth.authorize(resource=[MCP, FILES], scope="read write"))

    assert "It can use only these" in said
    assert "Tools testserver/mcp" in said
    assert "Files files.example" in said


def test_the_consent_page_says_that_one_resource_is_the_only_one(oauth):
    assert "It can use this only Tools" in text_of(oauth.authorize(resource=MCP, scope="read"))


def test_without_a_resource_the_pages_say_nothing_of_one(oauth):
    assert "It can use" not in text_of(oauth.authorize())
    oauth.tokens()
    oauth.tokens(resource=MCP)

    assert "Can use only" not in text_of(oauth.browser.get(CONNECTIONS)), "it can use all of them"


def test_the_connections_page_names_the_resources_that_an_application_can_use(oauth, settings):
    oauth.tokens(resource=MCP)
    assert "Can use only Tools Signed in" in text_of(oauth.browser.get(CONNECTIONS))

    oauth.tokens(resource=FILES, scope="write")
    Grant.objects.update(revoked_at="2020-01-01T00:00Z")
    said = text_of(oauth.browser.get(CONNECTIONS))
    assert "Can use only Files Tools Signed in not now" in said
    assert "Do everything social in your name" in said, "what was approved for either is listed"

    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {MCP: DECLARED[MCP]}}
    assert "Can use only files.example Tools" in text_of(oauth.browser.get(CONNECTIONS))


def test_the_event_of_a_consent_names_the_resources(oauth):
    oauth.tokens(resource=[MCP, ISSUER])

    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.CONSENT_GIVEN)
    assert event.reason == f"scopes: read for {ISSUER} {MCP}"


@pytest.mark.parametrize(
    ("asked", "of_consent", "of_grant"),
    [([{}], "All", "All"), ([{"resource": MCP}], MCP, MCP), ([{}, {"resource": MCP}], f"All, {MCP}", MCP)],
)
def test_staff_see_the_resources_of_a_consent_and_of_a_grant(oauth, asked, of_consent, of_grant):
    for one in asked:
        oauth.tokens(**one)
    staff = with_person(oauth.registered, get_user_model().objects.create_superuser("root")).browser

    grant, consent = Grant.objects.latest("pk"), Consent.objects.get()
    assert f"Resources: {of_grant} " in text_of(staff.get(f"/admin/oauthcore/grant/{grant.pk}/change/"))
    assert f"Resources: {of_consent} " in text_of(staff.get(f"/admin/oauthcore/consent/{consent.pk}/change/"))
