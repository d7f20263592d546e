"""Requests that carry a token in one place or another, and what is said to them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from oauthcore.models import Application, LegacySwitch, LegacyUse, Profile
from oauthcore.recording import legacy_use
from tests.support.factories import register

PLACEBO = "/api/v1/oauth2/placebo"
FORM = "application/x-www-form-urlencoded"
at_every_view = pytest.mark.parametrize("path", ["/drf", "/plain", "/plain/async", PLACEBO])
at_every_resource = pytest.mark.parametrize("path", ["/v1/me", "/drf", "/plain", "/plain/async", PLACEBO])


class Unread:
    """A body that fails the test when somebody reads it."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(
    path: str,
    *,
    method: str = "POST",
    header: str | None = None,
    form: str | None = None,
    query: str | None = None,
    more: str = "",
    **extra: Any,
) -> Any:
    """Send a request with tokens in these places, and a form ``more`` long besides."""
    headers = {} if header is None else {"authorization": f"Bearer {header}"}
    fields = {name: value for name, value in (("access_token", form), ("more", more)) if value}
    address = path if query is None else f"{path}?{urlencode({'access_token': query})}"
    return Client().generic(method, address, urlencode(fields), content_type=FORM, headers=headers, **extra)


def assert_refused(response: Any, status: int = 400, error: str = "invalid_request") -> None:
    assert (response.status_code, response.json()["error"]) == (status, error)


def switched(*switches: LegacySwitch) -> Application:
    """Return a legacy application, with the switch for tokens in the address or with those given."""
    names = [one.value for one in switches or (LegacySwitch.QUERY_TOKEN,)]
    return register(profile=Profile.OAUTH_2_0, legacy_switches=names).application


def noted() -> list[tuple[Any, ...]]:
    legacy_use.batch.flush()
    return list(LegacyUse.objects.order_by("pk").values_list("application", "habit", "count", "example"))
