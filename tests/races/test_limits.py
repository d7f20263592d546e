"""Limits hold exactly, however many try at once and wherever is counted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from contextlib import ExitStack
from functools import partial
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from tests.support.factories import UserFactory, register
from tests.support.oauth import OAuthClient
from tests.support.races.processes import database_url
from tests.support.servers import DATABASE_VARIABLE

TRIES = 40
MOST = 5
EXACTLY = {401: MOST, 429: TRIES - MOST}
STORES = ["sql", pytest.param("redis", marks=pytest.mark.redis)]


@pytest.fixture(params=STORES)
def limiter_url(request, settings):
    """Where it is counted: empty for the SQL database."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    settings.OAUTHCORE = {
        **settings.OAUTHCORE,
        "LIMITER_URL": url or None,
        "CLIENT_SECRET_LIMIT": (MOST, 60),
        "LOGIN_LIMIT": (MOST, 300),
        "LOGIN_ADDRESS_LIMIT": (1000, 300),
    }
    return url


def wrong_secret(oauth: OAuthClient) -> int:
    return oauth.token(grant_type="client_credentials", client_secret="guessed").status_code


def test_of_many_wrong_secrets_at_once_the_limit_is_looked_at(limiter_url, crowd_of):
    oauth = OAuthClient(register())

    statuses = Counter(crowd_of(TRIES).all_at_once(partial(wrong_secret, oauth)))

    assert statuses == EXACTLY
    assert oauth.token(grant_type="client_credentials").status_code == 200


def test_of_many_passwords_at_once_the_limit_is_looked_at(limiter_url, crowd_of):
    login = UserFactory(username=f"ada-{uuid4().hex}").username
    guess = {"username": login, "password": "guessed"}

    statuses = Counter(crowd_of(TRIES).all_at_once(lambda: Client().post("/login", guess).status_code))

    assert statuses == {200: MOST, 429: TRIES - MOST}


def test_a_window_that_ended_is_begun_once(settings, clock, crowd_of):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "CLIENT_SECRET_LIMIT": (MOST, 60)}
    oauth, crowd = OAuthClient(register()), crowd_of(TRIES)
    for _ in range(5):
        assert Counter(crowd.all_at_once(partial(wrong_secret, oauth))) == EXACTLY
        clock.shift(61)


def process_that_tries(name: str, limiter_url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.races.tries", name, str(MOST), str(TRIES // 2), limiter_url],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", DATABASE_VARIABLE: database_url()},
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_several_processes_share_one_count(limiter_url):
    name = uuid4().hex
    with ExitStack() as stack:
        processes = [stack.enter_context(process_that_tries(name, limiter_url)) for _ in range(2)]
        assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2

        for process in processes:
            process.stdin.write("go\n")
            process.stdin.flush()
        let_through = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(let_through) == MOST
