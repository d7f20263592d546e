"""Checks find metrics and spans whose library is missing, and metrics that nobody or everybody may read."""

from __future__ import annotations

import pytest

from oauthcore.checks import observing
from tests.support.checks import ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")

TOKEN = "t" * 32


def found(settings, **members):
    settings.OAUTHCORE = {**settings.OAUTHCORE, **members}
    return {"oauthcore.E005", "oauthcore.E060", "oauthcore.E061", "oauthcore.W061"} & set(ids())


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, set()),
        ({"METRICS": True}, {"oauthcore.W061"}),
        ({"METRICS": True, "METRICS_TOKEN": TOKEN}, set()),
        ({"METRICS": True, "METRICS_TOKEN": TOKEN[1:]}, {"oauthcore.E061"}),
        ({"METRICS": True, "METRICS_NETWORKS": ["10.0.0.9"]}, set()),
        ({"METRICS": True, "METRICS_NETWORKS": ["0.0.0.0/0"]}, {"oauthcore.E005"}),
        ({"TRACING": True}, set()),
    ],
    ids=["off", "nobody", "a token", "a short token", "a network", "every network", "spans"],
)
def test_who_may_read_is_checked(settings, members, expected):
    assert found(settings, **members) == expected


@pytest.mark.parametrize("switch", ["METRICS", "TRACING"])
def test_a_missing_library_is_an_error(settings, switch, monkeypatch):
    monkeypatch.setattr(observing, "find_spec", lambda _: None)

    assert "oauthcore.E060" in found(settings, **{switch: True}, METRICS_TOKEN=TOKEN)
