"""Consent is remembered for each protected resource, with its scopes (RFC 8707)."""

from __future__ import annotations

import pytest

from oauthcore.models import Consent
from tests.support.factories import register_public
from tests.support.oauth import answer, is_live, with_person
from tests.support.sites.several_resources import ISSUER, MCP, call
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.several_resources"),
    pytest.mark.usefixtures("several_resources"),
]


@pytest.fixture
def oauth(several_resources):
    return several_resources


def test_another_resource_is_asked_about_once(oauth):
    for asked in (
        {"resource": MCP},
        {"resource": ISSUER},
        {},
        {"resource": [MCP, ISSUER], "scope": "write"},
    ):
        assert oauth.authorize(**asked).status_code == 200, asked
        oauth.tokens(**asked)
        assert answer(oauth.authorize(**asked))["code"], asked

    assert answer(oauth.authorize(resource=[MCP, ISSUER]))["code"], "each of them was approved"


def test_what_was_approved_for_one_resource_is_not_for_another(oauth):
    oauth.tokens(resource=MCP, scope="read")
    oauth.tokens(resource=ISSUER, scope="write")

    page = oauth.authorize(resource=MCP, scope="read write")
    assert page.status_code == 200
    assert [one["name"] for one in page.context["kept"]] == ["read"]
    assert [row["name"] for group in page.context["scope_groups"] for row in group["scopes"]] == [
        "write:accounts"
    ]
    assert oauth.authorize(resource=ISSUER, scope="read").status_code == 200


def test_what_is_unticked_is_forgotten_for_its_resource_only(oauth):
    asked = {"resource": MCP, "scope": "read write"}
    oauth.tokens(**asked)
    oauth.tokens(scope="read write")
    oauth.decide(**asked, prompt="consent", form={"scope": ["read"]})

    assert oauth.authorize(**asked).status_code == 200
    assert answer(oauth.authorize(scope="read write"))["code"]
    consent = Consent.objects.get()
    assert consent.resource_scopes == {MCP: ["read"]}
    assert consent.every_scope == {"read", "write"}


def test_a_silent_request_for_another_resource_is_refused(oauth):
    oauth.tokens(resource=MCP)

    assert answer(oauth.authorize(resource=MCP, prompt="none"))["code"]
    assert answer(oauth.authorize(resource=ISSUER, prompt="none"))["error"] == "consent_required"


def test_an_answer_counts_for_the_resources_that_the_page_showed(oauth):
    shown = oauth.authorize(resource=MCP).context["transaction"]

    for asked in ({}, {"resource": ISSUER}, {"resource": [MCP, ISSUER]}):
        assert oauth.decide(transaction=shown, **asked).status_code == 400
    for resource in (ISSUER, [MCP, ISSUER]):
        contradiction = oauth.decide(resource=MCP, transaction=shown, form={"resource": resource})
        assert contradiction.status_code == 400
    assert answer(oauth.decide(resource=MCP, transaction=shown, form={"resource": MCP}))["code"]


def test_a_remembered_resource_takes_as_many_statements_as_any_remembered_consent(oauth):
    counts = []
    for asked in ({}, {"resource": MCP}):
        oauth.tokens(**asked)
        with statements() as run:
            assert answer(oauth.authorize(**asked))["code"]
        counts.append(len(run))

    assert counts[0] == counts[1]


def test_the_resources_wait_with_their_request_for_a_login():
    oauth = with_person(register_public())
    oauth.browser.logout()
    asked = {"resource": [MCP, ISSUER], "state": "s" * 1900}  # too long for an address

    to_login = oauth.authorize(**asked)
    back = oauth.browser.get(to_login["Location"]).context["next"]
    oauth.browser.force_login(with_person().browser.get("/oauth/connections/").wsgi_request.user)
    page = oauth.browser.get(back)

    assert page.status_code == 200
    assert "resource=https%3A%2F%2Ftestserver%2Fmcp&amp;resource=https%3A%2F%2Ftestserver" in page.text


def test_withdrawing_ends_what_was_approved_for_each_resource(oauth):
    token = oauth.tokens(resource=MCP)["access_token"]

    oauth.browser.post("/oauth/connections/", {"application": oauth.registered.application.pk})

    assert call("/mcp", token).status_code == 401
    assert oauth.authorize(resource=MCP).status_code == 200
    assert not is_live(token)
