"""One run of Schemathesis' engine against the site, in this process."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import events, from_schema
from schemathesis.generation.modes import GenerationMode
from schemathesis.transport.wsgi import WSGITransport

from reference_site import asgi, wsgi
from tests.support.attack.credentials import Site

#: A valid request with credentials of nothing may be refused for many reasons, so its refusal proves nothing.
#: And a set that was just made is 404 if the body of its change names an image that is not there.
LEFT_OUT = ["positive_data_acceptance", "ensure_resource_availability"]
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PHASES = ["examples", "coverage", "fuzzing", "stateful"]


def attack(
    *, examples: int, seed: int, seconds: int | None = None, only: str = "", is_asgi: bool = False
) -> dict[str, Any]:
    """Attack every operation, and return what was sent, answered and found."""
    _let_probes_through()
    site = Site()
    config = _config(examples, seed, seconds)
    schema: Any = (
        schemathesis.openapi.from_asgi("/openapi.json", asgi.application, config=config)
        if is_asgi
        else schemathesis.openapi.from_wsgi("/openapi.json", wsgi.application, config=config)
    )
    if only:
        schema = schema.include(path_regex=f"^{only}")

    @schema.auth(refresh_interval=None)
    class Credentials:
        def get(self, case: Any, context: Any) -> str | None:
            return site.credentials_for(case)

        def set(self, case: Any, data: str, context: Any) -> None:
            case.headers = {**(case.headers or {}), "Authorization": data}

    @schemathesis.hook
    def before_call(context: Any, case: Any, kwargs: Any) -> None:
        if case.path_parameters and not _breaks_the_path(case):
            case.path_parameters.update(
                {
                    name: value
                    for name, value in site.parameters_for(case.operation.path).items()
                    if name in case.path_parameters
                }
            )

    return _summary(schema, seed)


def _let_probes_through() -> None:
    """Leave out settings that probes bring along, and that the transport for WSGI does not know."""
    send = WSGITransport.send

    def without_sockets(self: Any, case: Any, **kwargs: Any) -> Any:
        for name in ("max_redirects", "verify", "cert", "proxies"):
            kwargs.pop(name, None)
        return send(self, case, **kwargs)

    WSGITransport.send = without_sockets


def _breaks_the_path(case: Any) -> bool:
    """Return whether a request is meant to be refused for its address."""
    meta = case.meta
    if meta is None or meta.generation.mode is GenerationMode.POSITIVE:
        return False
    return meta.is_negative_at(ParameterLocation.PATH) or not any(
        meta.is_negative_at(one) for one in (ParameterLocation.BODY, ParameterLocation.QUERY)
    )


def _is_no_finding(check: Any, case: Any) -> bool:
    """Return whether a check asks for what a form cannot show: every value there is text.

    Schemathesis sends numbers and objects in a form as their text, and expects that they are refused.
    """
    return check.name == "negative_data_rejection" and str(case.media_type).startswith(FORMS)


def _config(examples: int, seed: int, seconds: int | None) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "workers": 1,
            "continue-on-failure": True,
            **({"max-time": seconds} if seconds else {}),
            "generation": {"deterministic": True, "max-examples": examples, "database": "none"},
            "checks": {name: {"enabled": False} for name in LEFT_OUT},
            "phases": {name: {"enabled": True} for name in PHASES},
            "warnings": False,
        }
    )


class _Found:
    """What was sent, answered and found so far."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.operations: set[str] = set()
        self.failures: dict[str, str] = {}
        self.errors: list[str] = []
        self.checks = 0

    def take(self, event: Any) -> None:
        """Take in one event of the engine."""
        if isinstance(event, events.ScenarioFinished):
            self._take_scenario(event.recorder)
        elif isinstance(event, events.NonFatalError):
            self.errors.append(f"{event.label}: {event.value!r}"[:600])
        elif isinstance(event, events.FatalError):
            self.errors.append(repr(event.exception))

    def _take_scenario(self, recorder: Any) -> None:
        self.operations.add(recorder.label)
        answers = [one.response for one in recorder.interactions.values()]
        self.statuses.update(one.status_code for one in answers if one is not None)
        for case_id, found in recorder.checks.items():
            self.checks += len(found)
            case = recorder.cases[case_id].value
            for check in found:
                failure = check.failure_info
                if failure is not None and not _is_no_finding(check, case):
                    name = f"{case.operation.label} {check.name}: {failure.failure.title}"
                    words = f"{failure.failure.message[:600]} | {failure.code_sample[:600]}"
                    self.failures.setdefault(name, words)


def _summary(schema: Any, seed: int) -> dict[str, Any]:
    begun, found = time.monotonic(), _Found()
    for event in from_schema(schema).execute():
        found.take(event)
    return {
        "operations": len(found.operations),
        "requests": sum(found.statuses.values()),
        "checks": found.checks,
        "statuses": dict(sorted(found.statuses.items())),
        "failures": [f"{name}\n    {text}" for name, text in found.failures.items()],
        "errors": found.errors,
        "seconds": round(time.monotonic() - begun, 1),
        "seed": seed,
    }
