"""The callbacks that Mastodon's clients ship, each from registration to a revoked token.

They send what these clients send: no PKCE, the redirect URI at the token endpoint too, credentials in the
body.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from tests.support.clients.person import Person

SCOPES = "read write follow push"
CALLBACKS = {
    "Mastodon for Android": "mastodon-android-auth://callback",
    "Mastodon for iOS": "mastodon://joinmastodon.org/oauth",
    "Tusky": "oauth2redirect://com.keylesspalace.tusky/",
    "Ice Cubes": "icecubesapp://",
    "Tuba": "tuba://auth_code",
    "a client in the browser": "https://client.example/login",
    "a client of the command line": "http://127.0.0.1:51004/callback",
}


@pytest.fixture
def api(site: str) -> Any:
    """Call an endpoint of the site: ``api("POST", "/oauth/token", data=…)``."""

    def call(method: str, path: str, **options: Any) -> requests.Response:
        return requests.request(method, f"{site}{path}", timeout=20, allow_redirects=False, **options)

    return call


def registered(
    api: Any, redirect_uris: object, *, name: str = "Tusky", as_json: bool = False
) -> dict[str, Any]:
    body = {
        "client_name": name,
        "redirect_uris": redirect_uris,
        "scopes": SCOPES,
        "website": "https://c.example",
    }
    answer = api("POST", "/api/v1/apps", **{"json" if as_json else "data": body})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def goes_the_whole_way(api: Any, site: str, person: Person, app: dict[str, Any], callback: str) -> None:
    """Have a person allow it in, redeem the code, call, sign out, and be refused from then on."""
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": callback,
        "scope": SCOPES,
        "state": "a state",
    }
    came_back = person.allow(f"{site}/oauth/authorize?{urlencode(asked)}")
    assert came_back.startswith(f"{callback}?code=")
    told = parse_qs(urlsplit(came_back).query, strict_parsing=True)
    assert (told["state"], told["iss"]) == (["a state"], [site])

    credentials = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    code = {"grant_type": "authorization_code", "code": told["code"][0], "redirect_uri": callback}
    token = api("POST", "/oauth/token", data=credentials | code).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert api("GET", "/api/v1/accounts/verify_credentials", headers=headers).status_code == 200

    assert api("POST", "/oauth/revoke", data=credentials | {"token": token}).status_code == 200
    assert api("GET", "/api/v1/accounts/verify_credentials", headers=headers).status_code == 401


@pytest.mark.parametrize("name", CALLBACKS)
def test_a_client_goes_the_whole_way_with_the_callback_it_ships(
    api: Any, site: str, person: Person, name: str
) -> None:
    callback = CALLBACKS[name]
    app = registered(api, callback, name=name)

    assert (app["redirect_uri"], app["redirect_uris"]) == (callback, [callback])
    goes_the_whole_way(api, site, person, app, callback)


@pytest.mark.parametrize("joint", ["\n", "\r\n", None], ids=["LF", "CRLF", "a JSON array"])
def test_a_client_that_registers_several_may_use_each(
    api: Any, site: str, person: Person, joint: str | None
) -> None:
    uris = [*CALLBACKS.values(), "urn:ietf:wg:oauth:2.0:oob"]

    app = registered(api, uris if joint is None else joint.join(uris), as_json=joint is None)

    assert app["redirect_uris"] == uris
    assert app["redirect_uri"] == "\n".join(uris)
    for callback in ("icecubesapp://", "oauth2redirect://com.keylesspalace.tusky/"):
        goes_the_whole_way(api, site, person, app, callback)


@pytest.mark.parametrize(
    "callback", ["tuba://auth_code/x", "Tuba://auth_code", "tuba://other", "icecubesapp:/"]
)
def test_another_address_of_its_scheme_is_not_its_callback(api: Any, callback: str) -> None:
    app = registered(api, "tuba://auth_code\r\nicecubesapp://")
    asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": callback}

    answer = api("GET", "/oauth/authorize", params=asked)

    assert (answer.status_code, "Location" in answer.headers) == (400, False)
