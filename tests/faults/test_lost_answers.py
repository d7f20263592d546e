"""The database commits, and its answer is lost on the way: the client gets its tokens all the same.

On PostgreSQL and, with ``--engine=mariadb``, on MariaDB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from oauthcore.models import Token
from proof.servers.faulty_network import Fault, FaultyNetwork, faulty_network
from tests.support.devices.television import Television, Viewer
from tests.support.factories import register
from tests.support.oauth import is_live, with_person
from tests.support.serving import databases
from tests.support.sign_in.people import with_account
from tests.support.sign_in.phone import Phone
from tests.support.waiting import wait_until_somebody_waits

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

#: What is in the request that commits: the one statement of PostgreSQL, or what ends a transaction.
COMMITS = {"postgresql": b"WITH changed", "mysql": b"\x03COMMIT"}

#: Asks with a code or refresh token, and returns the status and the tokens.
Ask = Callable[[], tuple[int, Any]]


@pytest.fixture
def network() -> Iterator[FaultyNetwork]:
    """What lies between this thread and its database."""
    settings = connection.settings_dict
    kept = {name: settings[name] for name in ("HOST", "PORT")}
    with faulty_network("tcp://{HOST}:{PORT}".format(**kept)) as network:
        host, _, port = network.address.rpartition(":")
        connection.close()
        settings.update(HOST=host, PORT=int(port))
        yield network
        connection.close()
        settings.update(kept)


@contextmanager
def cutting_once(network: FaultyNetwork, when: str) -> Iterator[None]:
    """The connection is cut before the database gets the commit, or after it has answered it."""
    connection.close()
    network.fault = Fault(**{when: COMMITS[connection.vendor]})
    yield
    assert getattr(network.fault, when) is None, "nothing was cut"


def answered(answer: Any) -> tuple[int, Any]:
    return answer.status_code, answer.json()


def of_application() -> Ask:
    oauth = with_person(register(is_trusted=True))
    refresh_token = oauth.redeem(oauth.code()).json()["refresh_token"]
    return lambda: answered(oauth.refresh(refresh_token))


def of_code() -> Ask:
    oauth = with_person(register(is_trusted=True))
    code = oauth.code()
    return lambda: answered(oauth.redeem(code))


def of_device() -> Ask:
    phone = Phone(with_account(username="ada"))

    def ask() -> tuple[int, Any]:
        answer = phone.try_()
        return answer.status, answer.json

    return ask


def of_television() -> Ask:
    television = Television()
    television.begin()
    Viewer().approve(television.user_code)
    return lambda: answered(television.poll())


@pytest.mark.parametrize("begin", [of_application, of_code, of_device, of_television])
@pytest.mark.parametrize("when", ["cut_before", "cut_after"])
def test_a_client_gets_its_tokens_although_the_connection_to_the_database_was_lost(begin, when, network):
    ask = begin()

    with cutting_once(network, when):
        status, tokens = ask()

    assert status == 200, tokens
    assert is_live(tokens["access_token"])
    assert Token.objects.filter(kind=Token.Kind.REFRESH).count() == 1
    status, _ = ask()
    assert status in (400, 401), "what was used up works once all the same"


def test_a_refresh_that_still_waits_when_its_connection_is_cut_is_done_once(network):
    """The first statement goes on at the server, because it waits for a lock; the second waits behind it."""
    if connection.vendor != "postgresql":
        pytest.skip("elsewhere a transaction that has lost its client is rolled back")
    ask = of_application()
    with ThreadPoolExecutor(1) as pool, databases.connected(databases.own_url()) as holder:
        holder.execute("SELECT 1 FROM oauthcore_token WHERE kind = 'refresh' FOR UPDATE")
        freed = pool.submit(cut_and_free, network, holder.connection)
        status, tokens = ask()
        freed.result()

    assert status == 200, tokens
    assert is_live(tokens["access_token"])
    assert Token.objects.filter(kind=Token.Kind.ACCESS).count() == 2, "of the code, and of one refresh"


def cut_and_free(network: FaultyNetwork, holder: Any) -> None:
    wait_until_somebody_waits(statement="WITH changed")
    network.cut_all()
    wait_until_somebody_waits(statement="WITH changed", number=2)
    holder.rollback()
