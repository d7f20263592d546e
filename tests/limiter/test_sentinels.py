"""Limits are counted by the Valkey that the Sentinels call the primary, and go on after a failover."""

from __future__ import annotations

import os
import signal
import time

import pytest
import redis

from oauthcore.limiter import Limit, count_try, lift, require_store
from oauthcore.limiter.sentinel_addresses import parse
from oauthcore.limiter.stores import store_at
from oauthcore.rules.errors.oauth import TemporarilyUnavailable
from tests.support.limiter import HOUR, let_through
from tests.support.servers import valkey
from tests.support.servers.launch import free_port

NAME = "limits"
LIMIT = Limit("guess", 2, HOUR)
#: A server waits for more replicas before it sends its data to the first one, 5 seconds by default.
AT_ONCE = {"repl-diskless-sync-delay": "0"}


def port_of(server):
    return int(server.url.rpartition(":")[2].partition("/")[0])


@pytest.fixture
def started():
    """Start servers that are stopped at the end, whatever happens."""
    servers = []
    yield lambda server: servers.append(server) or server
    for server in servers:
        server.stop()


def answers_again(count, *, seconds=10):
    """Try until it is counted again; return how many tries were refused with 503 meanwhile."""
    ends_at, refused = time.monotonic() + seconds, 0
    while True:
        try:
            count()
        except TemporarilyUnavailable:
            assert time.monotonic() < ends_at, "no Sentinel named a new primary"
            refused += 1
            time.sleep(0.05)
        else:
            return refused


@pytest.mark.redis
@pytest.mark.sqlite_only("Valkey counts, and no SQL database")
def test_counting_goes_on_at_the_server_that_the_sentinels_make_the_primary(settings, started, who):
    first = started(valkey.start(**AT_ONCE))
    second = started(valkey.start(replicaof=f"127.0.0.1 {port_of(first)}"))
    wait_for_the_replica(second)
    sentinel = started(
        valkey.start_sentinel(port_of(first), name=NAME, quorum=1, milliseconds=300),
    )
    wait_until_it_knows_the_replica(sentinel)
    # The first one is not there: any Sentinel that answers will do.
    url = f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{port_of(sentinel)}/{NAME}/1"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}

    require_store()
    assert let_through(LIMIT, who, tries=3) == 2
    wait_for_the_replica(second, database=1)

    with redis.Redis(port=port_of(first)) as client:
        os.kill(client.info("server")["process_id"], signal.SIGKILL)

    assert answers_again(lambda: count_try(LIMIT, who, "another")) > 0
    assert let_through(LIMIT, who, tries=1) == 0, "what had reached the replica is still counted"
    assert lift({LIMIT.key(who): LIMIT}) == 1
    assert let_through(LIMIT, who, tries=3) == 2


def wait_for_the_replica(server, *, database=0):
    ends_at = time.monotonic() + 10
    with redis.Redis(port=port_of(server), db=database) as client:
        while client.info("replication")["master_link_status"] != "up" or (database and not client.dbsize()):
            assert time.monotonic() < ends_at, "the replica did not connect"
            time.sleep(0.02)


def wait_until_it_knows_the_replica(sentinel):
    ends_at = time.monotonic() + 12
    with redis.Redis(port=port_of(sentinel)) as client:
        while not client.sentinel_slaves(NAME):
            assert time.monotonic() < ends_at, "the Sentinel found no replica"
            time.sleep(0.05)


def test_without_a_sentinel_that_answers_a_try_is_refused_and_not_let_through(settings, who):
    url = f"redis+sentinel://127.0.0.1:{free_port()}/{NAME}"
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}

    with pytest.raises(TemporarilyUnavailable):
        count_try(LIMIT, who)


@pytest.mark.parametrize(("scheme", "is_encrypted"), [("redis+sentinel", False), ("rediss+sentinel", True)])
def test_an_address_names_sentinels_the_primary_and_passwords(scheme, is_encrypted):
    address = parse(
        f"{scheme}://ada:p%40ss@[::1]:26380,valkey-2.example/limits%2F1/3"
        "?sentinel_username=eve&sentinel_password=wa%2Ftch"
    )

    assert address.sentinels == (("::1", 26380), ("valkey-2.example", 26379))
    assert (address.name, address.database, address.is_encrypted) == ("limits/1", 3, is_encrypted)
    assert (address.username, address.password) == ("ada", "p@ss")
    assert (address.sentinel_username, address.sentinel_password) == ("eve", "wa/tch")
    assert "p@ss" not in repr(address)
    assert "wa/tch" not in repr(address)


def test_the_store_shows_no_password_of_its_address():
    store = store_at("redis+sentinel://:correct-horse@127.0.0.1:1/limits?sentinel_password=battery-staple")

    with pytest.raises(TemporarilyUnavailable) as refused:
        store.require()
    told = (
        f"{refused.value!r} {refused.value.__cause__!r} {refused.value} {refused.value.__cause__} {store!r}"
    )
    assert "correct-horse" not in told
    assert "battery-staple" not in told
