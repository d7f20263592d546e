"""Checks find a database and a cache that requests would wait for without an end."""

from __future__ import annotations

import pytest

from oauthcore.checks.databases import check_waiting, check_waiting_for_caches
from tests.support.markdown import PAGES, code_blocks

pytestmark = pytest.mark.sqlite_only("the check reads DATABASES and connects to none")


class Database:
    def __init__(self, vendor, options):
        self.vendor, self.settings_dict = vendor, {"OPTIONS": options}


def hint(monkeypatch, vendor, options):
    """Return what the check advises for a database, or None."""
    monkeypatch.setattr("oauthcore.checks.databases.connections", {"default": Database(vendor, options)})
    messages = check_waiting()
    assert {one.id for one in messages} <= {"oauthcore.W010"}
    return next((one.hint for one in messages), None)


@pytest.mark.parametrize(
    ("vendor", "named"),
    [
        (
            "postgresql",
            ["connect_timeout", "answer_within", "lock_timeout", "statement_timeout", "idle_in_transaction"],
        ),
        ("mysql", ["connect_timeout", "read_timeout", "write_timeout", "innodb_lock_wait_timeout"]),
    ],
)
def test_a_database_without_timeouts_is_named_with_what_is_missing(vendor, named, monkeypatch):
    advice = hint(monkeypatch, vendor, {})

    assert [one for one in named if one not in advice] == []


def test_sqlite_has_none_of_this(monkeypatch):
    assert hint(monkeypatch, "sqlite", {}) is None


def test_the_guides_examples_pass(monkeypatch):
    engines = {}
    for block in code_blocks(PAGES["deployment.md"], "python"):
        if block.startswith("DATABASES"):
            exec(block, names := {})
            database = names["DATABASES"]["default"]
            engines[database["ENGINE"]] = database["OPTIONS"]

    assert sorted(engines) == ["oauthcore.mysql", "oauthcore.postgresql"]
    assert hint(monkeypatch, "postgresql", engines["oauthcore.postgresql"]) is None
    assert hint(monkeypatch, "mysql", engines["oauthcore.mysql"]) is None


@pytest.mark.parametrize(
    ("backend", "options", "missing"),
    [
        ("django.core.cache.backends.redis.RedisCache", {}, ["socket_connect_timeout", "socket_timeout"]),
        ("django.core.cache.backends.redis.RedisCache", {"socket_connect_timeout": 1}, ["socket_timeout"]),
        ("django_redis.cache.RedisCache", {"SOCKET_CONNECT_TIMEOUT": 1, "SOCKET_TIMEOUT": 1}, []),
        ("django.core.cache.backends.locmem.LocMemCache", {}, []),
    ],
)
def test_a_cache_on_redis_without_timeouts_is_named(backend, options, missing, settings):
    settings.CACHES = {"default": {"BACKEND": backend, "OPTIONS": options}}

    messages = check_waiting_for_caches()

    assert [(one.id, one.hint) for one in messages] == [
        ("oauthcore.W011", f"Add to its OPTIONS: {', '.join(missing)}. docs/deployment.md has an example.")
    ] * bool(missing)


def test_the_guides_cache_passes(settings):
    (block,) = [one for one in code_blocks(PAGES["deployment.md"], "python") if "CACHES" in one]
    exec(block, names := {})
    settings.CACHES = names["CACHES"]

    assert check_waiting_for_caches() == []
