"""Mastodon.py, the client that nobody here wrote, and the way it goes from its registration to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from mastodon import Mastodon, MastodonUnauthorizedError

#: What it asks for when nobody says otherwise.
SCOPES = ["read", "write", "follow", "push"]


@contextmanager
def client_of(site: str, **registration: Any) -> Iterator[Mastodon]:
    """Register with the site and yield the client, which minds versions; hang up in the end."""
    with requests.Session() as session:
        client_id, client_secret = Mastodon.create_app(
            "Tusky", api_base_url=site, session=session, **registration
        )
        yield Mastodon(
            client_id,
            client_secret,
            api_base_url=site,
            session=session,
            version_check_mode="created",
            ratelimit_method="throw",
        )


def goes_the_whole_way(site: str, username: str, allow: Callable[[str], str]) -> None:
    """Register, log in with a code that is shown, call, revoke, and be refused afterwards.

    ``allow`` opens an address as the person, allows what is asked there, and returns the code.
    """
    with client_of(site, website="https://tusky.example") as client:
        code = allow(client.auth_request_url(scopes=SCOPES, allow_http=True))
        token = client.log_in(code=code, scopes=SCOPES, allow_http=True)

        assert client.account_verify_credentials().username == username
        assert client.app_verify_credentials().name == "Tusky"
        assert client.instance().domain == site.removeprefix("http://")

        client.revoke_access_token(allow_http=True)
        client.access_token = token
        with pytest.raises(MastodonUnauthorizedError):
            client.account_verify_credentials()
        with pytest.raises(MastodonUnauthorizedError):
            client.app_verify_credentials()
