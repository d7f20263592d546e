"""Refused requests, and what is kept of them."""

from __future__ import annotations

from typing import Any

import pytest

from oauthcore.models import Refusal
from oauthcore.recording import refusals
from tests.support.factories import bearer
from tests.support.oauth import OAuthClient

#: Views as users of the library write them.
resources = pytest.mark.urls("tests.support.sites.resources")


def kept() -> list[Refusal]:
    refusals.batch.flush()
    return list(Refusal.objects.order_by("pk"))


def header(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def of(oauth: OAuthClient, **values: Any) -> str:
    return bearer(application=oauth.registered.application, **values)
