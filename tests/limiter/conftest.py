"""Where tries are counted, and who has tried."""

from __future__ import annotations

from uuid import uuid4

import pytest


@pytest.fixture(params=["sql", pytest.param("redis", marks=pytest.mark.redis)])
def store(request, settings):
    """Count in the SQL database, and then in Redis."""
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    settings.OAUTHCORE = {**settings.OAUTHCORE, "LIMITER_URL": url}


@pytest.fixture
def who():
    """Somebody who has tried nothing yet; Redis outlives the test."""
    return uuid4().hex
