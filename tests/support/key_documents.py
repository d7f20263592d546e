"""Applications whose keys are at an address."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from oauthcore.models import Application
from tests.support.client_assertions import ask
from tests.support.jose import asserted

PATH = "/keys"


def later(**time):
    """Let so much time pass since keys were read."""
    Application.objects.update(keys_fetched_at=timezone.now() - timedelta(**time))


def status(registered, key, **how):
    """Return the status of a request that the application has signed with this key."""
    return ask("/oauth/token", **asserted(registered.client_id, key, **how)).status_code
