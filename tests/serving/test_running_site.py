"""The site keeps its promises when it really runs: processes, threads, a socket, one SQLite file."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from oauthcore.rules.oauth.pkce import challenge_of
from tests.support.oauth import VERIFIER

MOST_WRONG_SECRETS = 30


def tokens_of(person, site):
    """Let the person allow the application, and redeem the code."""
    parameters = {
        "response_type": "code",
        "client_id": site.application["client_id"],
        "redirect_uri": site.application["redirect_uris"][0],
        "scope": "read",
        "code_challenge": challenge_of(VERIFIER),
        "code_challenge_method": "S256",
    }
    callback = person.allow(f"{site.url}/oauth/authorize?{urlencode(parameters)}")
    answered = dict(parse_qsl(urlsplit(callback).query))
    assert answered["iss"] == site.url
    redeemed = site.post(
        "/oauth/token", grant_type="authorization_code", code=answered["code"], code_verifier=VERIFIER
    )
    return redeemed.json()


def at_once(times, act):
    with ThreadPoolExecutor(times) as pool:
        return [one.result() for one in [pool.submit(act) for _ in range(times)]]


def test_an_application_acts_for_itself_until_its_token_is_revoked(site):
    token = site.post("/oauth/token", grant_type="client_credentials").json()["access_token"]
    assert site.me(token).json()["kind"] == "oauth_token"

    assert site.post("/oauth/revoke", token=token).json() == {}

    assert site.me(token).status_code == 401


def test_a_person_allows_an_application_until_it_leaves(site, person):
    tokens = tokens_of(person, site)
    assert site.me(tokens["access_token"]).json()["user"]["username"] == "ada"

    assert site.post("/oauth/revoke", token=tokens["refresh_token"]).json() == {}

    assert site.me(tokens["access_token"]).status_code == 401


@pytest.mark.rfc("9700", "4.14.2")
def test_of_refreshes_in_several_processes_one_wins_and_the_others_end_the_grant(site, person):
    for _ in range(3):
        first = tokens_of(person, site)["refresh_token"]

        answers = at_once(
            12, lambda token=first: site.post("/oauth/token", grant_type="refresh_token", refresh_token=token)
        )

        (won,) = [one.json() for one in answers if one.status_code == 200]
        assert Counter(one.json().get("error") for one in answers) == {None: 1, "invalid_grant": 11}
        assert site.me(won["access_token"]).status_code == 401


@pytest.fixture
def grace(site):
    """A grace of its own for the application, written straight into the site's file."""
    file = site.folder / "db.sqlite3"
    if not file.exists():
        pytest.skip("tests/races asks this of PostgreSQL")

    def set_to(seconds):
        with closing(sqlite3.connect(file, timeout=60)) as connection, connection:
            connection.execute("UPDATE oauthcore_application SET refresh_token_grace = ?", [seconds])

    set_to(60)
    yield
    set_to(None)


@pytest.mark.rfc("9700", "4.14.2")
def test_with_a_grace_refreshes_in_several_processes_all_get_the_same_refresh_token(site, person, grace):
    latest = tokens_of(person, site)["refresh_token"]
    for _ in range(3):
        answers = at_once(
            16,
            lambda token=latest: site.post("/oauth/token", grant_type="refresh_token", refresh_token=token),
        )

        assert [one.status_code for one in answers] == [200] * 16
        (latest,) = {one.json()["refresh_token"] for one in answers}
        assert len({one.json()["access_token"] for one in answers}) == 16
    assert all(site.me(one.json()["access_token"]).status_code == 200 for one in answers)


def test_the_limit_of_wrong_secrets_holds_across_processes(site):
    def guess():
        fields = {
            "client_id": site.application["client_id"],
            "client_secret": "guessed",
            "grant_type": "client_credentials",
        }
        return requests.post(f"{site.url}/oauth/token", data=fields, timeout=60)

    answers = at_once(40, guess)

    statuses = Counter(one.status_code for one in answers)
    assert statuses == {401: MOST_WRONG_SECRETS, 429: 40 - MOST_WRONG_SECRETS}
    assert all(int(one.headers["Retry-After"]) >= 1 for one in answers if one.status_code == 429)
    assert site.post("/oauth/token", grant_type="client_credentials").status_code == 200


def test_pages_have_their_style_though_nothing_was_collected(site):
    page = requests.get(f"{site.url}/login", timeout=60)
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)

    assert links
    assert {requests.get(site.url + link, timeout=60).status_code for link in links} == {200}


def test_every_answer_has_a_request_id_of_its_own(site):
    paths = ["/v1/me", "/oauth/token", "/v1/nothing-here", "/", "/nothing-here", "/oauth/authorize"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda path: requests.get(site.url + path, timeout=60), paths * 5))

    assert len({one.headers["Request-Id"] for one in answers}) == len(answers)


def test_a_request_id_is_the_servers_and_never_the_clients(site):
    answered = requests.get(f"{site.url}/v1/me", headers={"Request-Id": "mine"}, timeout=60)

    assert "mine" not in answered.headers["Request-Id"]
