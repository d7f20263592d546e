"""Schemathesis finds nothing: no 500, and no answer that is not described."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import jsonschema_rs
import pytest
from django.conf import settings

from tests.support.attack.credentials import Site
from tests.support.described_api import describe

pytestmark = pytest.mark.sqlite_only("the process that it starts has a SQLite database of its own")


def test_schemathesis_finds_no_failure_of_the_server_and_no_answer_that_is_not_described():
    """It runs for 20 seconds at most. ``make attack`` makes other requests, and more."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.attack", "--examples", "1", "--seconds", "20", "--json"],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.stdout, done.stderr
    found = json.loads(done.stdout)
    assert found["failures"] == []
    assert found["errors"] == []
    assert found["operations"] >= 50
    assert found["statuses"].get("500") is None
    assert {"200", "400", "401"} <= set(found["statuses"])


@pytest.mark.django_db
def test_what_is_put_into_an_address_is_what_the_description_says_is_there():
    """Otherwise Schemathesis calls the request a wrong one, and its acceptance a fault of the server."""
    site, checked = Site(), 0
    for path, methods in describe()["paths"].items():
        put_in = site.parameters_for(path)
        for parameter in [one for method in methods.values() for one in method.get("parameters", [])]:
            if parameter["in"] == "path" and parameter["name"] in put_in:
                checked += 1
                assert jsonschema_rs.is_valid(parameter["schema"], put_in[parameter["name"]]), path

    assert checked >= 10


def test_a_number_in_an_address_is_described_as_a_number_and_nothing_else():
    parameter = describe()["paths"]["/v1/keywords/{keyword_id}"]["patch"]["parameters"][0]

    for good in ("0", "7", "70"):
        assert jsonschema_rs.is_valid(parameter["schema"], good)
    for bad in ("", "007", "0x", "x7", "7x", "7" * 20):
        assert not jsonschema_rs.is_valid(parameter["schema"], bad)
