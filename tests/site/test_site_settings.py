"""The settings as the environment makes them, each in a process of its own."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import environ
import pytest

from reference_site import environment
from reference_site.logs import WithoutQueryString, WithoutStaticFiles, shorten_access_logs

pytestmark = pytest.mark.sqlite_only("the processes it starts have a SQLite database of their own")

ROOT = Path(__file__).resolve().parents[2]
SHOW = """
import json, django
from django.conf import settings
django.setup()
names = {names!r}
print(json.dumps({{name: getattr(settings, name) for name in names}}, default=str))
"""


def _settings(*names, **environment):
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", SHOW.format(names=names)],
        cwd=ROOT,
        env={**clean, "DJANGO_SETTINGS_MODULE": "reference_site.settings", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _read(*names, **environment):
    return json.loads(_settings(*names, **{"SECRET_KEY": "x" * 50, **environment}).stdout)


def test_without_a_secret_key_the_site_does_not_start():
    run = _settings("DEBUG", DEBUG="false")

    assert run.returncode == 1
    assert "SECRET_KEY is not set" in run.stderr


def test_debug_is_off_unless_it_is_asked_for():
    assert _read("DEBUG") == {"DEBUG": False}
    assert _read("DEBUG", DEBUG="on") == {"DEBUG": True}


def test_behind_https_cookies_are_secure_and_the_issuer_is_a_trusted_origin():
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "CSRF_TRUSTED_ORIGINS",
        "ALLOWED_HOSTS",
    )

    https = _read(*names, OAUTHCORE_ISSUER="https://photos.example")

    assert https["SESSION_COOKIE_SECURE"] is https["CSRF_COOKIE_SECURE"] is True
    assert https["SECURE_HSTS_SECONDS"] > 0
    assert https["CSRF_TRUSTED_ORIGINS"] == ["https://photos.example"]
    assert https["ALLOWED_HOSTS"] == ["photos.example"]
    assert _read(*names)["SESSION_COOKIE_SECURE"] is False


def test_a_proxy_says_what_the_outside_spoke_only_when_it_is_named():
    name = "SECURE_PROXY_SSL_HEADER"
    issuer = {"OAUTHCORE_ISSUER": "https://photos.example"}

    assert _read(name, **issuer)[name] is None
    assert _read(name, TRUSTED_PROXIES="10.0.0.0/8", **issuer)[name] == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": "PRAGMA journal_mode=WAL"}),
        ("postgres://a:b@db/site", {"server_side_binding": True, "prepare_threshold": 2}),
        (
            "postgres://a:b@db/site?server_side_binding=off&prepare_threshold=off",
            {"server_side_binding": False, "prepare_threshold": None},
        ),
    ],
)
def test_each_database_gets_the_options_it_wants(url, expected):
    variables = {"DATABASE_TIMEOUT": "0"} | ({"DATABASE_URL": url} if url else {})

    assert _read("DATABASES", **variables)["DATABASES"]["default"]["OPTIONS"] == expected


def test_requests_give_up_on_a_database_before_it_hangs_the_site(monkeypatch):
    monkeypatch.delenv("DATABASE_TIMEOUT")
    databases = []
    for url in ("postgres://a:b@db/site", "mysql://a:b@db/site"):
        monkeypatch.setenv("DATABASE_URL", url)
        databases.append(environment.database(environ.Env(), ROOT))
    postgresql, mysql = databases

    assert postgresql["ENGINE"] == "oauthcore.postgresql"
    assert postgresql["OPTIONS"]["answer_within"] == 2
    assert "lock_timeout=1400 -c statement_timeout=1700" in postgresql["OPTIONS"]["options"]
    assert mysql["ENGINE"] == "oauthcore.mysql"
    assert (mysql["OPTIONS"]["connect_timeout"], mysql["OPTIONS"]["read_timeout"]) == (2, 2)
    assert (
        "innodb_lock_wait_timeout=1, lock_wait_timeout=1 /*M!100101 , max_statement_time=1.5 */"
        in mysql["OPTIONS"]["init_command"]
    )


def test_under_asgi_no_connection_outlives_its_request():
    """Each request has a thread of its own there, so a kept connection would serve nobody again."""
    show = (
        "import reference_site.asgi; from django.conf import settings;"
        " print(settings.DATABASES['default']['CONN_MAX_AGE'])"
    )
    variables = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres://a:b@db/site"}

    run = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=variables, stdout=subprocess.PIPE, text=True, check=True
    )

    assert run.stdout.strip() == "0"
    assert _read("DATABASES", **variables)["DATABASES"]["default"]["CONN_MAX_AGE"] == 600


@pytest.mark.parametrize(
    ("command", "seconds"), [("diffsettings", "0"), ("check", "2.0"), ("runserver", "2.0")]
)
def test_commands_take_the_time_they_need(command, seconds, tmp_path):
    (tmp_path / "read.py").write_text(
        "import os\nfrom reference_site.settings import *\n"
        'raise SystemExit(f\'waits {DATABASES["default"]["OPTIONS"].get("answer_within", 0)}\')\n'
    )
    variables = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgres://a:b@db/site"}
    variables |= {"DJANGO_SETTINGS_MODULE": "read", "PYTHONPATH": str(tmp_path)}

    run = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.stderr.strip().endswith(f"waits {seconds}")


@pytest.mark.parametrize("version", [(5, 2), (6, 1)])
def test_mail_is_set_up_as_each_django_wants_it(version, monkeypatch):
    monkeypatch.setattr(environment.django, "VERSION", version)
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://ada:secret@mail.example:587")

    given = environment.mail(environ.Env())

    if version < (6, 1):
        assert (given["EMAIL_HOST"], given["EMAIL_PORT"], given["EMAIL_USE_TLS"]) == (
            "mail.example",
            587,
            True,
        )
    else:
        options = {
            "host": "mail.example",
            "port": 587,
            "username": "ada",
            "password": "secret",
            "use_tls": True,
        }
        backend = "django.core.mail.backends.smtp.EmailBackend"
        assert given == {"MAILERS": {"default": {"BACKEND": backend, "OPTIONS": options}}}


def test_limits_are_counted_in_redis_where_the_cache_is_one():
    assert _read("OAUTHCORE")["OAUTHCORE"]["LIMITER_URL"] is None
    url = "redis://127.0.0.1:6379/1"
    assert _read("OAUTHCORE", CACHE_URL=url)["OAUTHCORE"]["LIMITER_URL"] == url


def test_limits_are_counted_where_a_variable_of_their_own_says():
    url = "redis+sentinel://10.0.0.1:26379,10.0.0.2:26379/limits"
    assert _read("OAUTHCORE", LIMITER_URL=url)["OAUTHCORE"]["LIMITER_URL"] == url


def test_a_log_line_holds_no_query_string():
    record = logging.LogRecord(
        "django.server",
        logging.INFO,
        "",
        0,
        '"%s" %s %s',
        ("GET /try/callback?code=abc&state=x HTTP/1.1", "200", "5"),
        None,
    )

    WithoutQueryString().filter(record)

    assert record.getMessage() == '"GET /try/callback HTTP/1.1" 200 5'


@pytest.mark.parametrize(
    ("server", "message", "sent"),
    [
        (
            "uvicorn.access",
            '%s - "%s %s HTTP/%s" %d',
            ("1.2.3.4", "GET", "/v1/me?access_token=abc", "1.1", 400),
        ),
        (
            "gunicorn.access",
            '%(h)s "%(r)s"',
            ({"h": "1.2.3.4", "r": "GET /v1/me?access_token=abc HTTP/1.1"},),
        ),
    ],
)
def test_what_a_server_logs_of_a_request_holds_no_query_string_either(server, message, sent, caplog):
    log = logging.getLogger(server)
    before = list(log.filters)
    shorten_access_logs()
    log.addHandler(caplog.handler)

    log.warning(message, *sent)

    log.removeHandler(caplog.handler)
    log.filters[:] = before
    assert "/v1/me HTTP/1.1" in caplog.messages[0]
    assert "abc" not in caplog.text


@pytest.mark.parametrize(
    ("line", "level", "is_kept"),
    [
        ("GET /static/lumen/lumen.css HTTP/1.1", logging.INFO, False),
        ("GET /static/missing.css HTTP/1.1", logging.WARNING, True),
        ("GET /v1/me?next=/static/ HTTP/1.1", logging.INFO, True),
    ],
)
def test_static_files_are_left_out_of_the_log_unless_they_are_missing(line, level, is_kept):
    record = logging.LogRecord("django.server", level, "", 0, '"%s" %s %s', (line, "200", "5"), None)

    assert WithoutStaticFiles("/static/").filter(record) is is_kept
