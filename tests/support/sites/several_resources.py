"""A site of several protected resources, with views of each, for DRF, plain and async (RFC 8707).

``@pytest.mark.urls("tests.support.sites.several_resources")`` mounts them; ``DECLARED`` is its ``RESOURCES``.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from oauthcore.api.django import scopes_required
from oauthcore.api.drf import BearerAuthentication, Public, requires

ISSUER, MCP, FILES = "https://testserver", "https://testserver/mcp", "https://files.example"
DECLARED = {
    MCP: {"name": "Tools", "scopes": ["read", "write:accounts"]},
    FILES: {"name": "Files", "scopes": ["write"]},
}


class View(APIView):
    authentication_classes = [BearerAuthentication]
    permission_classes = [requires()]

    def get(self, request: Request) -> Response:
        return Response({"scopes": sorted(request.auth.scopes)})


@scopes_required()
def plain(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"scopes": sorted(request.auth.scopes)})


@scopes_required(resource=FILES)
async def plain_files(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"scopes": sorted(request.auth.scopes)})


urlpatterns = [
    path("mcp", View.as_view()),
    path("mcp/plain", plain),
    path("mcp/public", View.as_view(permission_classes=[Public])),
    path("other", View.as_view()),
    path("other/plain", plain),
    path("other/public", View.as_view(permission_classes=[Public])),
    path("files", View.as_view(permission_classes=[requires(resource=FILES)])),
    path("files/plain", plain_files),
    path("files/nowhere", View.as_view(permission_classes=[requires(resource="https://gone.example")])),
    path("", include("reference_site.urls")),
]
AT = {MCP: "/mcp /mcp/plain /mcp/public", ISSUER: "/other /other/plain /other/public /v1/me"}
AT |= {FILES: "/files /files/plain"}
EVERYWHERE = " ".join(AT.values()).split()


def call(address: str, token: str) -> Any:
    """Call a view with a token."""
    return Client().get(address, headers={"authorization": f"Bearer {token}"})
