"""The locks name exact releases and their hashes, and agree with each other."""

import re

import pytest

from tests.support.source_files import ROOT, named

pytestmark = pytest.mark.sqlite_only("it reads files of the project")


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=named)
def test_locks_hold_hashes_and_no_addresses(path):
    text = path.read_text()
    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==", requirement), requirement
        assert "--hash=sha256:" in requirement, requirement


def test_a_larger_lock_holds_the_same_releases_as_a_smaller_one():
    site, test, benchmarks = (
        set(re.findall(r"^([a-z0-9._-]+==\S+)", path.read_text(), re.MULTILINE))
        for path in (ROOT / "requirements" / f"{name}.txt" for name in ("site", "test", "benchmarks"))
    )

    assert site <= test <= benchmarks
