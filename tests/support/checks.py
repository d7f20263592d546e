"""What the system checks find."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from drf_spectacular.settings import spectacular_settings


def found(*, deploy=False):
    """Return what oauthcore's own checks find, but for the views, which ask for the site's scopes."""
    messages = run_checks(include_deployment_checks=deploy, databases=[])
    return [one for one in messages if one.id.startswith("oauthcore.") and one.id != "oauthcore.E016"]


def ids(**how):
    return [message.id for message in found(**how)]


def describing(monkeypatch: pytest.MonkeyPatch, *, is_on: bool) -> None:
    """Let drf-spectacular's check describe the whole site for each ``check --deploy``, or not."""
    monkeypatch.setattr(spectacular_settings, "ENABLE_DJANGO_DEPLOY_CHECK", is_on)
