"""Health and metrics, for those who run the site."""

from __future__ import annotations

from oauthcore.api.openapi.operations import Answer, Operation
from oauthcore.api.openapi.refusals import PermissionRefused
from oauthcore.api.openapi.schemas import members, one_of, table, text
from oauthcore.api.openapi.schemes import METRICS_TOKEN
from oauthcore.flows.upkeep.readiness import State
from oauthcore.rules.errors.oauth import TemporarilyUnavailable

TAG = "Health"


def alive() -> Operation:
    """Describe the question whether the process answers."""
    return Operation(
        summary="Say that the process answers",
        tag=TAG,
        answers={200: Answer("It does.", members({"status": one_of("ok")}))},
    )


def ready() -> Operation:
    """Describe the question whether the process can serve."""
    checks = table(one_of(*(one.value for one in State)), "What it needs, and whether that works.")
    failed = {
        "error": one_of(TemporarilyUnavailable.error),
        "error_description": text(),
    }
    return Operation(
        summary="Say whether the process can serve",
        tag=TAG,
        answers={200: Answer("It can.", members({"status": one_of("ok"), "checks": checks}))},
        others={
            503: Answer(
                "It cannot, or something that every request needs is down.",
                members(failed, {"status": one_of("failed"), "checks": checks}),
            )
        },
    )


def metrics() -> Operation:
    """Describe the metrics."""
    return Operation(
        summary="Return the metrics of the process, as Prometheus reads them",
        tag=TAG,
        security=({METRICS_TOKEN: []}, {}),
        answers={200: Answer("The metrics.", text(), "text/plain")},
        refusals=[PermissionRefused],
    )
