"""Devices that nobody here wrote: a session of Authlib, and oauthlib's client for devices (RFC 8628 §3)."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from oauthlib.oauth2 import DeviceClient, OAuth2Error

from oauthcore.models import DeviceAuthorization
from tests.support.devices.television import GRANT_TYPE, register_server, register_television

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def metadata(site):
    """Metadata of the site, which is all that the clients here are told of it (RFC 8414)."""
    return requests.get(f"{site}/.well-known/oauth-authorization-server", timeout=20).json()


def begin(metadata, registered) -> dict[str, Any]:
    sent = {**registered.credentials, "scope": "read"}
    return requests.post(metadata["device_authorization_endpoint"], data=sent, timeout=20).json()


def wait(codes) -> None:
    """Let the interval pass."""
    DeviceAuthorization.objects.update(next_poll_at="2020-01-01T00:00Z")
    assert codes["interval"] == 5


@pytest.mark.rfc("8628", "3.4")
@pytest.mark.parametrize(
    ("make", "method"), [(register_television, "none"), (register_server, "client_secret_basic")]
)
def test_authlib_waits_for_the_person_gets_in_and_stays_in(make, method, site, metadata, person):
    registered = make()
    codes = begin(metadata, registered)
    with OAuth2Session(
        registered.client_id, registered.client_secret, token_endpoint_auth_method=method
    ) as session:

        def fetch():
            return session.fetch_token(
                metadata["token_endpoint"], grant_type=GRANT_TYPE, device_code=codes["device_code"]
            )

        with pytest.raises(OAuthError, match="authorization_pending"):
            fetch()
        with pytest.raises(OAuthError, match="slow_down"):
            fetch()
        assert "Go back to your device" in person.connect(codes["verification_uri_complete"])
        wait(codes)

        assert fetch()["scope"] == "read"
        assert session.get(f"{site}/v1/me").status_code == 200
        assert session.refresh_token(metadata["token_endpoint"])["access_token"]
        assert session.get(f"{site}/v1/me").status_code == 200


@pytest.mark.rfc("8628", "3.4")
def test_the_client_for_devices_of_oauthlib_gets_in(site, metadata, person):
    registered = register_television()
    codes, client = begin(metadata, registered), DeviceClient(registered.client_id)

    def fetch():
        body = client.prepare_request_body(codes["device_code"], include_client_id=True)
        answer = requests.post(metadata["token_endpoint"], data=body, headers=FORM, timeout=20)
        return client.parse_request_body_response(answer.text)

    with pytest.raises(OAuth2Error, match="authorization_pending"):
        fetch()
    person.connect(codes["verification_uri_complete"])
    wait(codes)

    assert fetch()["access_token"]
