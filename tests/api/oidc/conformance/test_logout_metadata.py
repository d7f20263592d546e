"""Modules about what is published and registered for logging out."""

from __future__ import annotations

import pytest

from tests.support.relying_party import configuration

pytestmark = pytest.mark.sqlite_only("it is about requests and answers; other tests ask what a database does")


@pytest.mark.openid("rp_logout", "2.1")
def test_oidcc_rp_initiated_logout_discovery_endpoint_verification() -> None:
    assert configuration()["end_session_endpoint"].startswith("https://testserver/")


@pytest.mark.openid("backchannel_logout", "2.1")
def test_oidcc_backchannel_logout_discovery_endpoint_verification() -> None:
    found = configuration()

    assert found["backchannel_logout_supported"] is True
    assert found["backchannel_logout_session_supported"] is True
    assert "frontchannel_logout_supported" not in found
    assert "check_session_iframe" not in found
