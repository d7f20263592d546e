"""System checks, each with a hint. ``docs/checks.md`` lists them."""

from oauthcore.checks import (
    applications,
    configuration,
    databases,
    deployment,
    documents,
    jose_library,
    keys,
    openid,
    project,
    registration,
    signing_in,
    views,
)

__all__ = [
    "applications",
    "configuration",
    "databases",
    "deployment",
    "documents",
    "jose_library",
    "keys",
    "openid",
    "project",
    "registration",
    "signing_in",
    "views",
]
