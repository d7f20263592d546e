"""The doctor on wrong sites: each planted mistake is found, and a healthy site gets a clean page."""

from __future__ import annotations

import pytest

from tests.support.checks import describing
from tests.support.doctor.mistakes import MISTAKES, ON_THE_WAY, ROWS, SETTINGS
from tests.support.doctor.planting import ask, ids, told


@pytest.mark.not_on_mariadb("Django warns there of indexes on expressions, which it leaves out")
def test_a_healthy_site_gets_a_clean_page(site, monkeypatch):
    describing(monkeypatch, is_on=True)
    page = ask()

    assert "asked over the network" in page
    assert page.rstrip().endswith("Nothing is wrong, and nothing is unused.")
    assert told()["findings"] == []


def _named(mistakes):
    return pytest.mark.parametrize("mistake", mistakes, ids=[one.name for one in mistakes])


@pytest.mark.sqlite_only("no row decides this")
@_named(SETTINGS)
def test_a_mistake_in_the_settings_is_found(site, mistake):
    mistake.plant(site)

    assert mistake.finding in ids("--skip-site")


@pytest.mark.sqlite_only("the server decides this, and no row")
@pytest.mark.usefixtures("without_checks")
@_named(ON_THE_WAY)
def test_a_mistake_on_the_way_to_the_site_is_found(site, mistake):
    mistake.plant(site)

    assert mistake.finding in ids()


@pytest.mark.sqlite_only("all of these at once are asked on every engine, below")
@_named(ROWS)
def test_a_mistake_that_rows_tell_of_is_found_and_nothing_else(site, mistake):
    mistake.plant(site)

    assert ids("--skip-site") == {mistake.finding}


#: What hides others: where Django answers nothing, or nothing of it arrives, more cannot be found.
HIDING = {"D001", "D030", "D031", "D033", "D034", "D035", "D038", "D044", "D060"}
HIDING |= {"E001", "E002", "E005", "E009", "E015", "E018", "E030"}
#: What cannot be together: sessions are in one place only, and a cleanup that never ran leaves rows.
HIDING |= {"D015", "W060", "W102"}


def test_thirty_mistakes_at_once_are_all_found(site):
    planted = {one.finding: one for one in reversed(MISTAKES) if one.finding not in HIDING}
    for one in planted.values():
        one.plant(site)

    found, page = ids(), ask()

    assert len(planted) >= 30
    assert set(planted) - found == set()
    assert all(one in page for one in planted)
