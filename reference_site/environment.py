"""Settings from environment variables: database options, mail, and a secret key for developers."""

from __future__ import annotations

import math
import os
import secrets
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import environ
from django.core.exceptions import ImproperlyConfigured

#: The address of the site if no environment variable sets it.
DEFAULT_ISSUER = "http://127.0.0.1:8000"
#: The folder of Lumen Prints for its files, inside the folder of the project.
LUMEN_PRINTS_FOLDER = ".lumen_prints"

_SQLITE = "django.db.backends.sqlite3"
_POSTGRESQL = "django.db.backends.postgresql"
_MYSQL = "django.db.backends.mysql"

_MAIL_OPTIONS = {
    "EMAIL_FILE_PATH": "file_path",
    "EMAIL_HOST": "host",
    "EMAIL_PORT": "port",
    "EMAIL_HOST_USER": "username",
    "EMAIL_HOST_PASSWORD": "password",
    "EMAIL_USE_TLS": "use_tls",
    "EMAIL_USE_SSL": "use_ssl",
    "EMAIL_TIMEOUT": "timeout",
}


def database(env: environ.Env, base_dir: Path) -> dict[str, Any]:
    """Return the default database from ``DATABASE_URL``, with options for its engine.

    The query of the URL overrides the options: ``?server_side_binding=0&prepare_threshold=off`` turns
    prepared statements off, which PgBouncer before 1.21 needs in transaction mode. ``DATABASE_TIMEOUT`` is
    the number of seconds that a request waits for the database. With 0 there is no limit. ``CONN_MAX_AGE`` is
    Django's.
    """
    seconds: float = env.float("DATABASE_TIMEOUT", default=2.0)
    config: dict[str, Any] = env.db_url("DATABASE_URL", default=f"sqlite:///{base_dir / 'db.sqlite3'}")
    options: dict[str, Any] = config.get("OPTIONS", {})
    if config["ENGINE"] == _SQLITE:
        config["OPTIONS"] = _sqlite_options(seconds) | options
    elif config["ENGINE"] == _POSTGRESQL:
        config["ENGINE"] = "oauthcore.postgresql"
        config["OPTIONS"] = _postgresql_options(seconds) | _read_switches(options)
        config.setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=600))
        config.setdefault("CONN_HEALTH_CHECKS", True)
    elif config["ENGINE"] == _MYSQL:
        _let_pymysql_stand_in()
        config["ENGINE"] = "oauthcore.mysql"
        config["OPTIONS"] = _mysql_options(seconds) | options
        config.setdefault("CONN_MAX_AGE", env.int("CONN_MAX_AGE", default=600))
        config.setdefault("CONN_HEALTH_CHECKS", True)
    return config


def _let_pymysql_stand_in() -> None:
    # Django needs mysqlclient, which must be compiled. If it is not installed, PyMySQL takes its place.
    if find_spec("MySQLdb") is None and find_spec("pymysql") is not None:
        import_module("pymysql").install_as_MySQLdb()


def cache(env: environ.Env) -> dict[str, Any]:
    """Return the default cache from ``CACHE_URL``. Redis and Valkey get a second to answer."""
    config: dict[str, Any] = env.cache_url("CACHE_URL", default="locmemcache://")
    if is_redis(config):
        config["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1} | config.get("OPTIONS", {})
    return config


def is_redis(cache: dict[str, Any]) -> bool:
    """Return whether a cache is on Redis or Valkey, where limits can be counted too."""
    return str(cache.get("LOCATION", "")).startswith(("redis://", "rediss://"))


def _sqlite_options(seconds: float) -> dict[str, Any]:
    # IMMEDIATE takes the write lock at BEGIN. Without it, a transaction that reads first and writes later
    # fails at once with "database is locked", despite the timeout. With WAL, readers do not wait.
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": seconds or 20,
        "init_command": "PRAGMA journal_mode=WAL",
    }


def _postgresql_options(seconds: float) -> dict[str, Any]:
    # Planning the join that verifies a token takes longer than running it: each connection prepares it once.
    options = {"server_side_binding": True, "prepare_threshold": 2}
    if not seconds:
        return options
    # First the wait for a lock ends, then the statement. Our own wait ends last, whatever the server does.
    # Before the first of them, after a second (deadlock_timeout), PostgreSQL has looked for a deadlock.
    limits = {
        "lock_timeout": round(700 * seconds),
        "statement_timeout": round(850 * seconds),
        "idle_in_transaction_session_timeout": 30_000,
    }
    return options | {
        "answer_within": seconds,
        "connect_timeout": max(2, math.ceil(seconds)),  # the driver takes 1 as 2
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": round(1000 * seconds),
        "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
    }


def _mysql_options(seconds: float) -> dict[str, Any]:
    if not seconds:
        return {}
    whole = math.ceil(seconds)  # the driver and the server take whole seconds
    lock, statement = max(1, whole // 2), 0.75 * whole
    return {
        "connect_timeout": whole,
        "read_timeout": whole,
        "write_timeout": whole,
        # MariaDB reads the first comment, MySQL 8 the second.
        "init_command": f"SET SESSION innodb_lock_wait_timeout={lock}, lock_wait_timeout={lock}"
        f" /*M!100101 , max_statement_time={statement} */"
        f" /*!80000 , max_execution_time={1000 * statement:.0f} */",
    }


def _read_switches(options: dict[str, Any]) -> dict[str, Any]:
    read = dict(options)
    if "server_side_binding" in read:
        read["server_side_binding"] = str(read["server_side_binding"]).lower() in ("1", "true", "on", "yes")
    if str(read.get("prepare_threshold", "")).lower() in ("off", "none"):
        read["prepare_threshold"] = None
    return read


def mail(env: environ.Env) -> dict[str, Any]:
    """Return the settings of mail from ``EMAIL_URL``: ``MAILERS`` from Django 6.1 on, ``EMAIL_…`` before."""
    given: dict[str, Any] = env.email_url("EMAIL_URL", default="consolemail://")
    if django.VERSION < (6, 1):
        return given
    options = {option: given[name] for name, option in _MAIL_OPTIONS.items() if given.get(name)}
    return {"MAILERS": {"default": {"BACKEND": given["EMAIL_BACKEND"], "OPTIONS": options}}}


def secret_key(env: environ.Env, *, debug: bool, base_dir: Path) -> str:
    """Return ``SECRET_KEY``. If it is not set, ``DEBUG`` makes a key and keeps it in a git-ignored file.

    Raises ImproperlyConfigured if it is not set and ``DEBUG`` is off.
    """
    given: str = env.str("SECRET_KEY", default="")
    if given:
        return given
    if not debug:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Sessions, consent and CSRF protection rest on it: set it to 50 or more "
            "random characters in the environment or in .env. With DEBUG=true a development key is made."
        )
    return kept_key(base_dir / ".secret_key")


def kept_key(path: Path) -> str:
    """Return the secret key that is kept in a file. The first call makes it."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text("development-" + secrets.token_urlsafe(48))
        # Making a link is atomic. If several processes start together, one of them makes it and all read it.
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def host_of(url: str) -> str:
    """Return the host name of a URL, or an empty text."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def neighbour_of(url: str) -> str:
    """Return the address on the next port, where the demo runs Lumen Prints for a site on this machine."""
    parts = urlsplit(url)
    host = parts.hostname if parts.hostname in ("127.0.0.1", "localhost") else "127.0.0.1"
    return f"http://{host}:{(parts.port or 8000) + 1}"
