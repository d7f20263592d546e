"""The sources, by name. Their modules are imported when a run needs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import cast

from oauthcore.flows.imports.source import Options, Stage
from oauthcore.rules.imports import sources

#: The module beside this one that has the function ``stages`` of a source.
MODULES = {
    sources.DJANGO_OAUTH_TOOLKIT: "django_oauth_toolkit",
    sources.SIMPLEJWT: "simplejwt",
    sources.KNOX: "knox",
    sources.AUTHTOKEN: "authtoken",
    sources.API_KEY: "api_key",
}


def stages_of(source: str) -> Callable[[Options], Sequence[Stage]]:
    """Return the function that looks at the tables of a source and returns its stages."""
    module = import_module(f"oauthcore.flows.imports.{MODULES[source]}")
    return cast("Callable[[Options], Sequence[Stage]]", module.stages)
