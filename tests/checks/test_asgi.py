"""A check finds an ASGI application that reads whole bodies before it knows the limits of the token."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.asgi import get_asgi_application

from oauthcore.asgi import RequestLimits
from tests.support.checks import ids

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")

bare: Any = get_asgi_application()
wrapped = RequestLimits(bare)


@pytest.mark.parametrize(
    ("name", "found"), [("bare", True), ("wrapped", False), ("missing", False), (None, False)]
)
def test_an_application_without_the_limits_is_an_error(settings, name, found):
    settings.ASGI_APPLICATION = None if name is None else f"{__name__}.{name}"

    assert ("oauthcore.E019" in ids()) is found
