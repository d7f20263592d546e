"""Authlib signs that it is the application, in place of sending a secret (``private_key_jwt``)."""

from __future__ import annotations

import time

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT

from tests.support.jose import KINDS, a_key, new_key, with_keys


class ShortLived(PrivateKeyJWT):
    """Authlib's own assertions stand for an hour."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 60}
        return super().sign(auth, token_endpoint)


@pytest.fixture
def metadata(site, settings):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "PRIVATE_KEY_JWT": True}
    return requests.get(f"{site}/.well-known/oauth-authorization-server", timeout=20).json()


def session_of(one, key, algorithm):
    session = OAuth2Session(
        one.client_id,
        key,
        token_endpoint_auth_method="private_key_jwt",
        revocation_endpoint_auth_method="private_key_jwt",
    )
    session.register_client_auth_method(ShortLived(alg=algorithm))
    return session


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.rfc("7523", "2.2")
@pytest.mark.parametrize("algorithm", KINDS)
def test_it_acts_for_itself_asks_about_its_token_and_ends_it(algorithm, site, metadata):
    key = a_key(algorithm)
    assert algorithm in metadata["token_endpoint_auth_signing_alg_values_supported"]
    assert "private_key_jwt" in metadata["token_endpoint_auth_methods_supported"]
    with session_of(with_keys(key), key, algorithm) as session:
        token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
        assert session.get(f"{site}/v1/me").status_code == 200

        about = session.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
        ended = session.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])

        assert about.json()["active"] is True
        assert ended.status_code == 200
        assert session.get(f"{site}/v1/me").status_code == 401


def test_it_is_refused_with_a_key_of_somebody_else(site, metadata):
    with (
        session_of(with_keys(), new_key(), "ES256") as session,
        pytest.raises(OAuthError, match="invalid_client"),
    ):
        session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
