"""A check finds an unknown way to register, because registration would be closed silently."""

from __future__ import annotations

import pytest

from oauthcore.conf.keys import Registration
from tests.support.checks import ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")


@pytest.mark.parametrize("way", list(Registration))
def test_a_known_way_to_register_is_no_error(settings, way):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DYNAMIC_REGISTRATION": str(way)}

    assert "oauthcore.E034" not in ids()


@pytest.mark.parametrize("way", ["everybody", "OPEN", " ", "closed"])
def test_an_unknown_way_to_register_is_an_error(settings, way):
    settings.OAUTHCORE = {**settings.OAUTHCORE, "DYNAMIC_REGISTRATION": way}

    assert "oauthcore.E034" in ids()
