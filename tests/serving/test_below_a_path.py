"""A site below a path of its host, under each kind of server: the whole way of a code, mails included.

gunicorn takes the path off what it is asked for (``SCRIPT_NAME``); under ASGI Django does.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.clients.person import FormReader, Person
from tests.support.oauth import VERIFIER
from tests.support.serving import served
from tests.support.serving.served import Place

PATH = "/photos"
BELOW: dict[str, dict[str, str]] = {
    "gunicorn": {"SCRIPT_NAME": PATH, "FORCE_SCRIPT_NAME": PATH},
    "uvicorn": {"FORCE_SCRIPT_NAME": PATH},
}


@pytest.fixture(scope="module", params=list(BELOW))
def place_and_site(request, original, tmp_path_factory):
    place = Place.new(tmp_path_factory.mktemp(f"{request.param}_below"), copy_of=original[0])
    site = served.start(request.param, place, original[1], path=PATH, **BELOW[request.param])
    yield place, site
    site.server.stop()
    place.leave()


def get(url: str, **how: Any) -> requests.Response:
    return requests.get(url, timeout=60, **how)


def test_the_whole_way_of_a_code(place_and_site):
    _, site = place_and_site
    told = get(f"{site.url}/.well-known/oauth-authorization-server").json()
    assert get(f"{site.url}/.well-known/openid-configuration").json() == told
    ada = site.demo["users"][0]
    person = Person(ada["username"], ada["password"])
    parameters = {
        "response_type": "code",
        "client_id": site.application["client_id"],
        "redirect_uri": site.application["redirect_uris"][0],
        "scope": "read api.images.read",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }

    callback = person.allow(f"{told['authorization_endpoint']}?{urlencode(parameters)}")
    person.leave()
    answered = dict(parse_qsl(urlsplit(callback).query))
    assert answered["iss"] == told["issuer"] == site.url

    redeemed = requests.post(
        told["token_endpoint"],
        data=site.credentials
        | {"grant_type": "authorization_code", "code": answered["code"], "code_verifier": VERIFIER},
        timeout=60,
    ).json()
    header = {"Authorization": f"Bearer {redeemed['access_token']}"}
    assert get(f"{site.url}/v1/me", headers=header).json()["user"]["username"] == ada["username"]
    page = get(f"{site.url}/v1/images?limit=1", headers=header).json()
    assert page["next"].startswith(f"{site.url}/v1/images?")
    assert get(page["next"], headers=header).status_code == 200

    assert (
        requests.post(
            told["revocation_endpoint"],
            data=site.credentials | {"token": redeemed["refresh_token"]},
            timeout=60,
        ).json()
        == {}
    )
    refused = get(f"{site.url}/v1/me", headers=header)
    assert refused.status_code == 401
    at = re.findall(r'resource_metadata="([^"]*)"', refused.headers["WWW-Authenticate"])[0]
    assert get(at).json()["resource"] == site.url


def test_the_login_names_the_application_and_lets_the_way_back_be(place_and_site):
    _, site = place_and_site
    parameters = {
        "client_id": site.application["client_id"],
        "response_type": "code",
        "redirect_uri": site.application["redirect_uris"][0],
    }

    login = get(f"{site.url}/oauth/authorize?{urlencode(parameters)}")

    assert urlsplit(login.url).path == f"{PATH}/login"
    assert site.application["name"] in login.text
    assert "form-action" not in login.headers["Content-Security-Policy"]
    assert "form-action" in get(f"{site.url}/login").headers["Content-Security-Policy"]


def test_pages_lead_below_the_path_and_find_their_files_there(place_and_site):
    _, site = place_and_site
    login = get(f"{site.url}/login")
    lead = f"{urlsplit(site.url).scheme}://{urlsplit(site.url).netloc}"

    for address in re.findall(r'(?:href|src|action)="(/[^"]*)"', login.text):
        assert address.startswith(f"{PATH}/"), address
    for address in re.findall(r'(?:href|src)="(/[^"]*\.(?:css|js|svg)[^"]*)"', login.text):
        assert get(lead + address).status_code == 200, address
    assert FormReader(login.text).form_with("username")


@pytest.mark.parametrize(("person", "more"), [(0, {"FORCE_SCRIPT_NAME": PATH}), (1, {})])
def test_a_mail_leads_there_too_even_where_only_the_server_knows_the_path(person, more, place_and_site):
    place, site = place_and_site
    somebody = [one for one in site.demo["users"] if not one["totp_secret"]][person]
    signed_in = requests.post(
        f"{site.url}/v1/auth/sign_in",
        json={
            "login": somebody["username"],
            "password": somebody["password"],
            "device": {"name": "A phone", "platform": "ios"},
        },
        timeout=60,
    )
    assert signed_in.status_code == 200

    said = served.manage(place, "send_notices", issuer=site.url, EMAIL_URL="consolemail://", **more)

    assert f"{site.url}/oauth/security/" in said


def test_the_checks_find_nothing_wrong_with_it(place_and_site):
    place, site = place_and_site

    said = served.manage(place, "check", issuer=site.url, **BELOW["uvicorn"])

    assert "no issues" in said
