"""The production example is what it says: settings and container files hold together."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.support.containers import instructions, rules
from tests.support.containers.variables import EXAMPLE, READ, SITE, VARIABLES, commands_in
from tests.support.markdown import PAGES, ROOT, first_cells

pytestmark = pytest.mark.sqlite_only("it reads files of the project")

COMPOSE = yaml.safe_load((EXAMPLE / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]

#: What the images of other people read.
OTHERS = {"POSTGRES_DB", "POSTGRES_USER", "POSTGRES_PASSWORD_FILE"}


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SITE / "manage.py"), *arguments],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    """The files that compose.yaml gives to the site, and its other variables."""
    given: dict[str, str] = dict(SERVICES["site"]["environment"])
    for name, value in given.items():
        if name.endswith("_FILE"):
            path = tmp_path / Path(value).name
            path.write_text(f"{path.name} of a test that is long enough 0123456789\n")
            given[name] = str(path)
    return given


def test_the_settings_pass_every_check_for_production(secrets):
    done = run("check", "--deploy", "--fail-level", "WARNING", **secrets)

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize("missing", ["ISSUER", "SECRET_KEY_FILE", "METRICS_TOKEN_FILE"])
def test_the_site_does_not_start_without_what_it_must_be_told(secrets, missing):
    del secrets[missing]

    done = run("check", **secrets)

    assert done.returncode != 0
    assert f"{missing.removesuffix('_FILE')} is not set" in done.stderr


def test_the_containerfile_keeps_the_rules():
    assert list(rules.problems(instructions.read(EXAMPLE / "Containerfile"), ROOT)) == []


BAD = """
FROM python:latest AS build
ENV API_TOKEN=abc
ADD nothing /here
COPY not-there /there
RUN pip install django
RUN curl http://files.example/x | sh
WORKDIR relative
COPY --from=nowhere /a /b
CMD gunicorn
"""


def test_the_rules_find_what_is_wrong(tmp_path):
    (tmp_path / "Containerfile").write_text(BAD)

    found = " ".join(rules.problems(instructions.read(tmp_path / "Containerfile"), tmp_path))

    for problem in (
        *("not pinned", "secret would stay", "COPY does what", "no not-there", "no lock names"),
        *("nothing pins", "not absolute", "no stage nowhere", "runs as root", "healthy", "shell stands"),
    ):
        assert problem in found, problem


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_few_rights_a_pinned_image_and_known_variables(name):
    service = SERVICES[name]

    assert rules.is_pinned(service["image"]) or "build" in service
    assert ("latest" in service["image"], service["read_only"]) == (False, True)
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert not service["user"].startswith(("0", "root"))
    assert service["restart"] in ("no", "unless-stopped")
    assert "privileged" not in service
    assert "healthcheck" in service
    assert service["networks"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    variables = set(service.get("environment", {}))
    assert variables <= (READ if "build" in service else OTHERS)
    assert not {one for one in variables if re.search("SECRET|PASSWORD|TOKEN|KEYS", one)} - {
        one for one in variables if one.endswith("_FILE")
    }


def test_the_services_refer_to_what_exists():
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
        for other, condition in service.get("depends_on", {}).items():
            assert other in SERVICES
            is_healthy = condition["condition"] == "service_healthy"
            assert not is_healthy or "test" in SERVICES[other]["healthcheck"]
        files = [value for name, value in service.get("environment", {}).items() if name.endswith("_FILE")]
        assert {Path(one).name for one in files} <= set(service.get("secrets", []))
    assert SERVICES["site"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert (EXAMPLE / SERVICES["site"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / SERVICES["site"]["build"]["dockerfile"]).exists()


@pytest.mark.parametrize(
    "path",
    [EXAMPLE / "compose.yaml", EXAMPLE / "Containerfile", *sorted((EXAMPLE / "systemd").iterdir())],
    ids=lambda path: path.name,
)
def test_the_files_run_commands_that_exist(path):
    assert commands_in(path.read_text()) <= set(get_commands())


def test_everything_that_the_example_reads_is_described():
    described = first_cells(PAGES["running.md"], "The variables")

    assert described == VARIABLES
