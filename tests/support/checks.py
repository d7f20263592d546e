"""What the system checks find."""

from __future__ import annotations

from django.core.checks import run_checks


def found(*, deploy=False):
    """Return what oauthcore's own checks find, but for the views, which ask for the site's scopes."""
    messages = run_checks(include_deployment_checks=deploy, databases=[])
    return [one for one in messages if one.id.startswith("oauthcore.") and one.id != "oauthcore.E016"]


def ids(**how):
    return [message.id for message in found(**how)]
