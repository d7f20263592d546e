"""Limits hold exactly, however many try at once and wherever is counted (``security.md`` 48, 144)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from functools import partial
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from tests.factories import UserFactory, register
from tests.oauth import OAuthClient

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


def test_several_processes_share_one_count(limiter_url):
    database = connection.settings_dict
    url = "postgres://{USER}@{HOST}:{PORT}/{NAME}".format(**database)
    command = [
        sys.executable,
        "-m",
        "tests.races.tries",
        uuid4().hex,
        str(MOST),
        str(TRIES // 4),
        limiter_url,
    ]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OAUTHCORE_TEST_DATABASE_URL": url,
    }
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "env": environment}
    processes = [subprocess.Popen(command, **pipes) for _ in range(4)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 4

    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    let_through = [int(process.communicate(timeout=60)[0]) for process in processes]

    assert sum(let_through) == MOST
