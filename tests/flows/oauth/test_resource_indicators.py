"""Resource indicators: a token is for the resources that were asked for, and works at no other (RFC 8707)."""

from __future__ import annotations

import pytest
from django.test import Client

from oauthcore.models import Grant, Token
from tests.support.factories import register
from tests.support.oauth import answer, with_person
from tests.support.sites.several_resources import AT, DECLARED, EVERYWHERE, FILES, ISSUER, MCP, call
from tests.support.statements import statements

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls("tests.support.sites.several_resources"),
    pytest.mark.usefixtures("several_resources"),
]


@pytest.fixture
def oauth(several_resources):
    return several_resources


def works_at(token):
    return {one for one in EVERYWHERE if call(one, token).status_code == 200}


def issued_for(issued):
    return Token.objects.filter(kind="access").latest("pk").resource, set(issued["scope"].split())


class TestATokenForOneResource:
    @pytest.mark.rfc("8707", "2")
    @pytest.mark.parametrize("resource", AT)
    def test_works_at_the_views_of_that_resource_and_no_other(self, oauth, resource):
        token = oauth.tokens(resource=resource, scope="read write")["access_token"]

        assert works_at(token) == set(AT[resource].split())

    @pytest.mark.rfc("8707", "2")
    @pytest.mark.parametrize("address", ["/other", "/other/plain", "/v1/me", "/files/nowhere"])
    def test_is_an_invalid_token_elsewhere(self, oauth, address):
        response = call(address, oauth.tokens(resource=MCP)["access_token"])

        assert (response.status_code, response.json()["error"]) == (401, "invalid_token")
        assert 'error="invalid_token"' in response["WWW-Authenticate"]

    def test_one_that_names_no_resource_works_everywhere(self, oauth):
        assert works_at(oauth.tokens()["access_token"]) == set(EVERYWHERE)

    @pytest.mark.rfc("8707", "2")
    def test_carries_only_the_scopes_that_the_resource_declares(self, oauth):
        issued = oauth.tokens(resource=MCP, scope="read write api.images.read")

        assert issued["scope"] == "read write:accounts"
        assert call("/mcp", issued["access_token"]).json()["scopes"] == ["read", "write:accounts"]

    def test_several_resources_are_each_given_their_own_scopes(self, oauth):
        issued = oauth.tokens(resource=[MCP, FILES], scope="read write")

        assert issued["scope"] == "read write"
        assert call("/mcp", issued["access_token"]).json()["scopes"] == ["read", "write:accounts"]
        assert call("/files", issued["access_token"]).json()["scopes"] == ["write"]
        assert call("/other", issued["access_token"]).status_code == 401

    def test_loses_what_the_site_takes_from_the_resource(self, oauth, settings):
        token = oauth.tokens(resource=MCP, scope="read write")["access_token"]

        fewer = {MCP: {"name": "Tools", "scopes": ["write:accounts"]}}
        settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": fewer}
        assert call("/mcp", token).json()["scopes"] == ["write:accounts"]
        assert oauth.introspect(token).json()["scope"] == "write:accounts"

        settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {}}
        assert call("/mcp", token).status_code == 401
        assert oauth.introspect(token).json() == {"active": False}

    def test_is_checked_with_as_many_statements_as_any_other(self, oauth):
        narrow, wide = oauth.tokens(resource=MCP)["access_token"], oauth.tokens()["access_token"]
        counts = []
        for token in (narrow, wide):
            with statements() as run:
                assert call("/mcp/plain", token).status_code == 200
            counts.append(len(run))

        assert counts == [1, 1]

    @pytest.mark.rfc("8707", "2")
    def test_is_said_to_be_for_it_by_introspection(self, oauth):
        def told(**asked):
            return oauth.introspect(oauth.tokens(scope="read write", **asked)["access_token"]).json()

        assert told(resource=MCP)["aud"] == MCP
        assert told(resource=[FILES, MCP])["aud"] == [FILES, MCP]
        assert "aud" not in told()


class TestWhatIsAskedFor:
    def test_an_application_that_acts_for_itself_gets_the_scopes_of_a_resource_that_need_no_account(
        self, oauth
    ):
        asked = {"grant_type": "client_credentials", "scope": "read api.images.read"}

        assert oauth.token(**asked).json()["error"] == "invalid_scope"
        assert oauth.token(**asked, resource=ISSUER).json()["scope"] == "read"
        alone = oauth.token(**asked | {"scope": "api.images.read"}, resource=ISSUER)
        assert (alone.status_code, alone.json()["error"]) == (400, "invalid_scope")

    @pytest.mark.rfc("8707", "2")
    @pytest.mark.parametrize(
        "resource",
        [
            *("https://testserver/nothing", "mcp", "/mcp", "urn:x", "https://testserver/mcp/", "x" * 3000),
            *("https://testserver/mcp#", "https://testserver/mcp#x", "https://testserver/mcp?x=1"),
            *("https://testserver@evil.example/mcp", "http://testserver/mcp", "https://testserver/MCP"),
            [MCP, "https://testserver/nothing"],
        ],
    )
    def test_a_resource_that_there_is_not_is_an_invalid_target(self, oauth, resource):
        assert answer(oauth.authorize(resource=resource))["error"] == "invalid_target"

        code = oauth.code()
        assert oauth.redeem(code, resource=resource).json()["error"] == "invalid_target"
        own = oauth.token(grant_type="client_credentials", scope="read", resource=resource)
        assert (own.status_code, own.json()["error"]) == (400, "invalid_target")
        assert oauth.redeem(code).status_code == 200, "nothing was spent"

    @pytest.mark.rfc("8707", "2")
    @pytest.mark.parametrize(
        ("resource", "identifier"),
        [
            ("HTTPS://TestServer/mcp", MCP),
            ("https://testserver/", ISSUER),
            ("https://FILES.example/", FILES),
            ([MCP, "https://TESTSERVER/mcp"], MCP),
        ],
    )
    def test_scheme_and_host_are_taken_in_any_case_and_an_origin_with_its_slash(
        self, oauth, resource, identifier
    ):
        issued = oauth.tokens(resource=resource, scope="read write")

        assert issued_for(issued)[0] == identifier

    def test_scopes_of_which_the_resource_declares_none_are_an_invalid_scope(self, oauth):
        assert answer(oauth.authorize(resource=FILES))["error"] == "invalid_scope"

        refused = oauth.redeem(oauth.code(), resource=FILES)
        assert refused.json()["error"] == "invalid_scope"

    def test_a_site_without_resources_and_a_legacy_application_ignore_it(self, settings, oauth):
        legacy = with_person(register(profile="oauth2.0"))
        assert issued_for(legacy.tokens(resource="nonsense"))[0] is None

        settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {}}
        assert issued_for(oauth.tokens(resource="nonsense"))[0] is None


class TestAtTheTokenEndpoint:
    @pytest.mark.rfc("8707", "2.2")
    def test_a_code_gives_a_token_for_one_of_the_approved_resources_or_for_all(self, oauth):
        def redeemed(*resources):
            code = oauth.code(resource=[MCP, FILES], scope="read write")
            return issued_for(oauth.redeem(code, resource=list(resources)).json())

        assert redeemed(MCP) == (MCP, {"read", "write:accounts"})
        assert redeemed(FILES) == (FILES, {"write"})
        assert redeemed(FILES, MCP) == redeemed() == (f"{FILES} {MCP}", {"read", "write"})

    @pytest.mark.rfc("8707", "2.2")
    def test_a_resource_that_was_not_approved_is_an_invalid_target_and_spends_nothing(self, oauth):
        code = oauth.code(resource=MCP)
        assert oauth.redeem(code, resource=ISSUER).json()["error"] == "invalid_target"
        assert oauth.redeem(code, resource=[MCP, ISSUER]).json()["error"] == "invalid_target"
        refresh_token = oauth.redeem(code).json()["refresh_token"]

        assert oauth.refresh(refresh_token, resource=ISSUER).json()["error"] == "invalid_target"
        assert oauth.refresh(refresh_token).status_code == 200

    @pytest.mark.rfc("8707", "2.2")
    def test_a_refresh_may_choose_another_of_the_approved_resources_each_time(self, oauth):
        issued = oauth.redeem(oauth.code(resource=[MCP, FILES], scope="read write"), resource=MCP).json()
        found = []
        for resource in ([FILES], [MCP], []):
            issued = oauth.refresh(issued["refresh_token"], resource=resource).json()
            found.append(issued_for(issued))

        assert found == [
            (FILES, {"write"}),
            (MCP, {"read", "write:accounts"}),
            (f"{FILES} {MCP}", {"read", "write"}),
        ]

    def test_a_refresh_narrows_scopes_and_resource_together(self, oauth):
        issued = oauth.tokens(resource=[MCP, FILES], scope="read write")

        narrowed = oauth.refresh(issued["refresh_token"], resource=MCP, scope="write").json()

        assert issued_for(narrowed) == (MCP, {"write:accounts"})

    def test_where_none_was_named_any_may_be(self, oauth):
        issued = oauth.redeem(oauth.code(scope="read write"), resource=MCP).json()
        assert issued_for(issued)[0] == MCP
        assert issued_for(oauth.refresh(issued["refresh_token"], resource=FILES).json())[0] == FILES
        assert Grant.objects.get().resources == frozenset()

    def test_an_application_that_acts_for_itself_names_any(self, oauth):
        def own(**asked):
            return issued_for(oauth.token(grant_type="client_credentials", **asked).json())

        assert own(resource=MCP, scope="read write") == (MCP, {"read", "write:accounts"})
        assert own(resource=MCP) == (MCP, {"read"})
        assert own(scope="read")[0] is None

    def test_a_grant_whose_resources_are_gone_gives_nothing(self, oauth, settings):
        code = oauth.code(resource=FILES, scope="write")
        both = oauth.tokens(resource=[MCP, FILES], scope="read write")
        settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {MCP: DECLARED[MCP]}}

        assert oauth.redeem(code).json()["error"] == "invalid_grant"
        assert issued_for(oauth.refresh(both["refresh_token"]).json())[0] == MCP
        settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {}}
        assert oauth.redeem(code).json()["error"] == "invalid_grant"

    @pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
    def test_it_is_read_from_json_and_multipart_too(self, oauth, content_type):
        fields = oauth.registered.credentials | {"grant_type": "client_credentials", "scope": "read"}
        sent = {**fields, "resource": [MCP, ISSUER]}
        extra = {} if content_type.startswith("multipart") else {"content_type": content_type}

        assert issued_for(Client().post("/oauth/token", sent, **extra).json())[0] == f"{ISSUER} {MCP}"
