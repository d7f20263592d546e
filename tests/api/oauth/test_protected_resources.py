"""Each protected resource has its document, and challenges lead to it (RFC 9728)."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, requires
from oauthcore.checks.views import check_named_resources
from reference_site.scopes import SCOPES
from tests.support.factories import bearer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.urls(__name__),
    pytest.mark.sqlite_only("documents and challenges made of settings, without a query"),
]

DOCUMENT = "/.well-known/oauth-protected-resource"
DECLARED = {
    "https://testserver/mcp": {"name": "Tools", "scopes": ["read", "api.download"]},
    "https://testserver/mcp/admin": {"name": "Admin tools", "scopes": ["write"]},
    "https://api.example/v1": {"name": "Another host", "scopes": ["read"]},
}
MCP, ADMIN, ELSEWHERE = DECLARED


class View(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [requires("read")]

    def get(self, request):
        return Response({})


@scopes_required("read")
def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


@scopes_required("read")
@scopes_required("write", resource=ADMIN)
async def plain_named(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


@scopes_required(suggested=("read", "write"))
def suggesting(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


@scopes_required("read", resource="https://testserver/gone")
def misnamed(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


urlpatterns = [
    path("", include("oauthcore.urls")),
    path("mcp", View.as_view()),
    path("mcp/tools", plain),
    path("mcp/admin/tools", View.as_view()),
    path("mcp/suggesting", suggesting),
    path("other", View.as_view()),
    path("named", View.as_view(permission_classes=[requires("read", resource=MCP)])),
    path("plain/named", plain_named),
    path("elsewhere", View.as_view(permission_classes=[requires("read", resource=ELSEWHERE)])),
    path("misnamed", misnamed),
    path("misnamed/drf", View.as_view(permission_classes=[requires(resource="https://testserver/gone")])),
]


@pytest.fixture(autouse=True)
def declared(settings):
    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": DECLARED}


@pytest.mark.rfc("9728", "3.2")
@pytest.mark.rfc("9728", "3.3")
@pytest.mark.parametrize(
    ("below", "expected"),
    [
        ("/mcp", {"resource": MCP, "resource_name": "Tools", "scopes_supported": ["api.download", "read"]}),
        ("/mcp/admin", {"resource": ADMIN, "resource_name": "Admin tools", "scopes_supported": ["write"]}),
        ("", {"resource": "https://testserver", "scopes_supported": sorted(SCOPES)}),
    ],
)
def test_the_document_of_a_resource_names_the_resource_and_its_own_scopes_only(below, expected):
    response = Client().get(DOCUMENT + below)

    shared = {
        "authorization_servers": ["https://testserver"],
        "bearer_methods_supported": ["header", "body"],
        "dpop_signing_alg_values_supported": ["ES256", "RS256", "PS256", "EdDSA"],
    }
    assert response.json() == shared | expected


@pytest.mark.rfc("9728", "3.1")
@pytest.mark.parametrize("below", ["/mcp/", "/MCP", "/mcp/tools", "/v1", "/nothing", "/", "//mcp"])
def test_no_document_stands_where_no_resource_is(below):
    response = Client().get(DOCUMENT + below)

    assert (response.status_code, response.json()["error"]) == (404, "not_found")


@pytest.mark.rfc("9728", "3.1")
def test_a_host_of_the_site_has_the_documents_of_its_own_resources(settings):
    settings.ALLOWED_HOSTS = ["testserver", "api.example"]

    assert Client().get(f"{DOCUMENT}/v1", headers={"host": "api.example"}).json()["resource"] == ELSEWHERE
    assert Client().get(f"{DOCUMENT}/v1").status_code == 404


@pytest.mark.rfc("9728", "4")
def test_the_authorization_server_lists_its_resources(settings):
    server = "/.well-known/oauth-authorization-server"
    assert Client().get(server).json()["protected_resources"] == ["https://testserver", *DECLARED]

    settings.OAUTHCORE = settings.OAUTHCORE | {"RESOURCES": {}}
    assert "protected_resources" not in Client().get(server).json()


@pytest.mark.rfc("9728", "5.1")
@pytest.mark.parametrize("token", ["none", "bad", "narrow"])
@pytest.mark.parametrize(
    ("address", "document"),
    [
        ("/mcp", f"https://testserver{DOCUMENT}/mcp"),
        ("/mcp/tools", f"https://testserver{DOCUMENT}/mcp"),
        ("/mcp/admin/tools", f"https://testserver{DOCUMENT}/mcp/admin"),
        ("/other", f"https://testserver{DOCUMENT}"),
        ("/named", f"https://testserver{DOCUMENT}/mcp"),
        ("/plain/named", f"https://testserver{DOCUMENT}/mcp/admin"),
        ("/elsewhere", f"https://api.example{DOCUMENT}/v1"),
        ("/misnamed", f"https://testserver{DOCUMENT}"),
    ],
)
def test_a_challenge_names_the_document_of_the_resource_that_the_view_belongs_to(address, document, token):
    sent = {"none": {}, "bad": {"authorization": "Bearer nonsense"}}
    headers = sent.get(token) or (
        {"authorization": f"Bearer {bearer(scopes=['write'])}"} if token == "narrow" else {}
    )

    response = Client().get(address, headers=headers)

    assert response.status_code == (403 if token == "narrow" else 401)
    assert re.search('resource_metadata="([^"]*)"', response["WWW-Authenticate"])[1] == document


@pytest.mark.rfc("6750", "3")
def test_a_view_may_suggest_scopes_that_it_does_not_require():
    for headers in ({}, {"authorization": "Bearer nonsense"}):
        refused = Client().get("/mcp/suggesting", headers=headers)
        assert (refused.status_code, 'scope="read write"' in refused["WWW-Authenticate"]) == (401, True)

    allowed = Client().get(
        "/mcp/suggesting", headers={"authorization": f"Bearer {bearer(scopes=['api.download'])}"}
    )
    assert allowed.status_code == 200


def test_a_view_names_only_resources_that_the_site_has():
    faults = check_named_resources()

    assert [one.id for one in faults] == ["oauthcore.E041"] * 2
    assert "misnamed" in faults[0].msg
    assert "View" in faults[1].msg


@pytest.mark.rfc("9728", "3.1")
def test_a_resource_that_is_a_whole_host_is_described_at_its_root(settings):
    host = {"https://testserver": {"name": "The host", "scopes": ["read"]}}
    settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "https://testserver/auth", "RESOURCES": host}

    assert Client().get(DOCUMENT).json()["resource"] == "https://testserver"
    assert Client().get(f"{DOCUMENT}/auth").json()["resource"] == "https://testserver/auth"
    challenge = Client().get("/other")["WWW-Authenticate"]
    assert f'resource_metadata="https://testserver{DOCUMENT}"' in challenge
