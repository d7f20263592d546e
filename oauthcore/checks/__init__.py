"""System checks: what is wrong, at start-up, with a hint. ``docs/checks.md`` lists them."""

from oauthcore.checks import configuration, project, views

__all__ = ["configuration", "project", "views"]
