"""Authlib's ``OAuth2Session`` is a client that nobody here wrote; it goes every way that a client can go."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from tests.support.factories import REDIRECT_URI, Registered, register, register_public

METHODS = ["client_secret_basic", "client_secret_post"]


@pytest.fixture
def metadata(site):
    """Metadata of the site, which is all that the clients here are told of it (RFC 8414)."""
    return requests.get(f"{site}/.well-known/oauth-authorization-server", timeout=20).json()


@pytest.fixture
def session_of(site):
    """Make sessions that hang up after the test."""
    with ExitStack() as stack:

        def make(registered, method, **parameters):
            session = OAuth2Session(
                registered.client_id,
                registered.client_secret,
                token_endpoint_auth_method=method,
                redirect_uri=REDIRECT_URI,
                code_challenge_method="S256",
                **parameters,
            )
            return stack.enter_context(session)

        yield make


def log_in(session, metadata, person):
    verifier = generate_token(48)
    url, state = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    return session.fetch_token(
        metadata["token_endpoint"],
        authorization_response=person.allow(url),
        state=state,
        code_verifier=verifier,
    )


def is_let_in(session, site):
    return session.get(f"{site}/v1/me").status_code == 200


@pytest.mark.rfc("6749", "4.1")
@pytest.mark.rfc("7636", "4")
@pytest.mark.parametrize(
    ("make", "method"),
    [
        *((register, method) for method in METHODS),
        (register_public, "none"),
    ],
)
def test_it_gets_in_with_a_code_stays_in_with_refresh_tokens_and_leaves(
    make, method, site, metadata, person, session_of
):
    session = session_of(make(), method, scope="read")

    first = log_in(session, metadata, person)
    assert is_let_in(session, site)

    second = session.refresh_token(metadata["token_endpoint"])
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"] == "read"
    assert is_let_in(session, site)

    left = session.revoke_token(
        metadata["revocation_endpoint"], token=second["refresh_token"], token_type_hint="refresh_token"
    )
    assert (left.status_code, left.json()) == (200, {})
    assert not is_let_in(session, site)
    with pytest.raises(OAuthError, match="invalid_grant"):
        session.refresh_token(metadata["token_endpoint"], refresh_token=second["refresh_token"])


def test_it_refreshes_by_itself_when_the_token_has_expired(site, metadata, person, session_of):
    renewed = []
    session = session_of(
        register(access_token_lifetime=1),
        "client_secret_basic",
        scope="read",
        token_endpoint=metadata["token_endpoint"],
        update_token=lambda token, **_: renewed.append(token),
    )
    first = log_in(session, metadata, person)

    assert is_let_in(session, site)

    assert [token["access_token"] != first["access_token"] for token in renewed] == [True]


@pytest.mark.rfc("6749", "4.4")
@pytest.mark.parametrize("method", METHODS)
def test_it_acts_for_itself(method, site, metadata, session_of):
    session = session_of(register(), method)

    token = session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")

    assert "refresh_token" not in token
    assert is_let_in(session, site)
    session.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])
    assert not is_let_in(session, site)


@pytest.mark.rfc("7662", "2")
@pytest.mark.parametrize("method", METHODS)
def test_as_a_resource_server_it_introspects(method, site, metadata, person, session_of):
    token = log_in(session_of(register(), "client_secret_basic", scope="read"), metadata, person)
    server = session_of(register(name="Resource server", may_introspect=True), method)
    ask = metadata["introspection_endpoint"]

    live = server.introspect_token(ask, token=token["access_token"], token_type_hint="access_token").json()
    unknown = server.introspect_token(ask, token="somebody-made-this-up").json()

    assert (live["active"], live["scope"], live["iss"]) == (True, "read", site)
    assert unknown == {"active": False}


@pytest.mark.rfc("6749", "5.2")
@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_secret_is_an_error_that_it_understands(method, metadata, session_of):
    session = session_of(Registered(register().application, "a-guess"), method)

    with pytest.raises(OAuthError, match="invalid_client"):
        session.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")


@pytest.mark.rfc("6749", "4.1.2")
def test_a_code_that_came_back_ends_its_session(site, metadata, person, session_of):
    registered = register()
    session, again = (session_of(registered, "client_secret_basic", scope="read") for _ in range(2))
    verifier = generate_token(48)
    url, _ = session.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    shown = {"authorization_response": person.allow(url), "code_verifier": verifier}
    session.fetch_token(metadata["token_endpoint"], **shown)

    with pytest.raises(OAuthError, match="invalid_grant"):
        again.fetch_token(metadata["token_endpoint"], **shown)

    assert not is_let_in(session, site)
