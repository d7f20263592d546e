"""Devices that ask for a protected resource: what the person approves is for that alone (RFC 8707)."""

from __future__ import annotations

import pytest

from tests.support.devices.television import Television, Viewer, register_television
from tests.support.sites.several_resources import DECLARED, FILES, MCP, call

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(clock) -> Viewer:
    return Viewer()


@pytest.mark.rfc("8707", "2")
@pytest.mark.urls("tests.support.sites.several_resources")
class TestResources:
    """The resources that a device names when it begins are what the person approves."""

    @pytest.fixture(autouse=True)
    def declared(self, settings):
        settings.OAUTHCORE = {**settings.OAUTHCORE, "RESOURCES": DECLARED}

    def approved(self, viewer: Viewer, **changes: object) -> Television:
        television = Television(register_television(scopes=["read", "write"]))
        television.begin(scope="read write", **changes)
        viewer.approve(television.user_code, scope=["read"])
        return television

    def test_the_token_works_there_alone(self, viewer):
        token = self.approved(viewer, resource=MCP).poll().json()["access_token"]

        assert call("/mcp", token).status_code == 200
        assert call("/other", token).status_code == 401

    def test_a_resource_that_was_not_approved_is_refused(self, viewer):
        television = self.approved(viewer, resource=MCP)

        assert television.error(resource=FILES) == "invalid_target"
        assert television.poll(resource=MCP).status_code == 200

    def test_a_resource_that_is_unknown_begins_nothing(self, viewer):
        refused = Television().begin(resource="https://elsewhere.example")

        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
