"""The units for systemd and the proxy of the production example fit its site."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.containers.variables import EXAMPLE, READ, SITE, commands_in, environment_of

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

UNITS = sorted((EXAMPLE / "systemd").iterdir())


def unit(path: Path) -> configparser.RawConfigParser:
    read = configparser.RawConfigParser(strict=False)
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path)
    return read


def test_each_timer_starts_a_service_that_ends(tmp_path):
    timers = [path for path in UNITS if path.suffix == ".timer"]

    assert {path.stem for path in timers} == {"mysite-cleanup", "mysite-notices"}
    for path in timers:
        assert unit(path)["Timer"]["OnCalendar"]
        assert unit(path.with_suffix(".service"))["Service"]["Type"] == "oneshot"
    told = "".join(path.read_text() for path in UNITS)
    assert {"oauthcore_cleanup", "send_notices"} <= commands_in(told)


@pytest.mark.parametrize("path", [path for path in UNITS if path.suffix == ".service"], ids=lambda p: p.name)
def test_a_unit_runs_as_nobody_special_and_sets_what_the_site_reads(path):
    service = unit(path)["Service"]
    lines = "\n".join(re.findall(r"(?m)^Environment=(.*)$", path.read_text()))

    assert service["User"] == "mysite"
    assert (service["NoNewPrivileges"], service["ProtectSystem"]) == ("yes", "strict")
    assert set(environment_of(lines)) <= READ
    credentials = set(re.findall(r"(?m)^LoadCredential=(\w+):", path.read_text()))
    assert set(re.findall(r"%d/(\w+)", lines)) == credentials


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_takes_the_units(tmp_path):
    for path in UNITS:
        text = path.read_text().replace("/srv/mysite/.venv/bin/", f"{Path(sys.executable).parent}/")
        (tmp_path / path.name).write_text(text.replace("/srv/mysite", str(SITE)))
    units = sorted(str(path) for path in tmp_path.iterdir())

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = [line for line in done.stderr.splitlines() if "mysite" in line]
    assert (done.returncode, said) == (0, []), done.stderr


def test_the_file_for_the_units_has_variables_that_the_site_reads():
    assert set(environment_of((EXAMPLE / "environment").read_text())) <= READ


def directives(text: str) -> list[Any]:
    """Parse an nginx configuration: each directive is a list of its words and, in a block, of directives."""
    text = re.sub(r"(?m)^\s*#.*$", "", text)
    tokens = re.findall(r"'[^']*'|\"[^\"]*\"|[{};]|[^\s{};]+", text)
    stack: list[list[Any]] = [[]]
    words: list[Any] = []
    for token in tokens:
        if token == ";":
            assert words, "a directive without a name"
            stack[-1].append(words)
            words = []
        elif token == "{":
            stack.append([])
            stack[-2].append([*words, stack[-1]])
            words = []
        elif token == "}":
            assert not words, f"{words} does not end"
            stack.pop()
        else:
            words.append(token)
    assert (len(stack), words) == (1, []), "a block does not end"
    return stack[0]


def test_the_proxy_overwrites_what_the_site_believes_and_logs_no_query(tmp_path):
    text = (EXAMPLE / "nginx.conf").read_text()
    (http,) = [one[1] for one in directives(text) if one[0] == "http"]
    (log,) = [one for one in http if one[0] == "log_format"]
    secure = [one[1] for one in http if one[0] == "server"][-1]
    (location,) = [one[-1] for one in secure if one[0] == "location" and one[1] == "/"]

    assert "$request_uri" not in " ".join(map(str, log))
    assert "$request " not in f"{' '.join(map(str, log))} "
    assert ["proxy_set_header", "X-Forwarded-Proto", "$scheme"] in location
    assert ["proxy_set_header", "Host", "$host"] in location
    assert ["proxy_set_header", "X-Forwarded-For", "$proxy_add_x_forwarded_for"] in location
    assert ["location", "=", "/metrics", [["return", "404"]]] in secure
    if nginx := shutil.which("nginx"):
        without_keys = re.sub(r"(?m)^.*ssl.*$", "", text).replace("/var/log/nginx", str(tmp_path))
        (tmp_path / "nginx.conf").write_text(without_keys)
        done = subprocess.run(
            [nginx, "-t", "-c", str(tmp_path / "nginx.conf")],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert "syntax is ok" in done.stderr, done.stderr
