"""The endpoints of oauthcore in a site's description: those that are mounted and switched on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver

from oauthcore.api.openapi.operations import IN_JSON
from oauthcore.api.openapi.refusals import ERROR, error_schema
from oauthcore.api.openapi.schemas import in_json
from oauthcore.api.wire.endpoint import Facts

#: What a view without facts is: one of REST framework, for GET.
_PLAIN = Facts(("GET",))


@dataclass(frozen=True)
class _Mounted:
    path: str
    name: str
    view: Any


def describe_endpoints(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add the JSON endpoints of oauthcore to a description: for ``POSTPROCESSING_HOOKS``.

    It looks for them in the URLconf, so it knows where the site mounts them. An endpoint that is switched off
    is left out. Pages are no part of a description.
    """
    from oauthcore.api.openapi.described import (
        COMPONENTS,
        ENDPOINTS,
        FORMS_OF_PARAMETERS,
        security_schemes,
    )

    seen: set[Any] = set()
    for mounted in sorted(_mounted(generator), key=lambda one: one.path):
        described = _first_known(mounted.view, ENDPOINTS)
        facts: Facts = getattr(mounted.view, "oauthcore_facts", _PLAIN)
        if described is None or not facts.is_on or mounted.view in seen:
            continue
        seen.add(
            mounted.view
        )  # an address with a slash at its end, or with a path behind it, is not repeated
        item = result["paths"].setdefault(mounted.path, {})
        for method, describe in described.items():
            name = "_".join([mounted.name, *([method.lower()] if len(described) > 1 else [])])
            item[method.lower()] = describe().written(name, facts)
    if seen:
        components = result.setdefault("components", {})
        components["schemas"] = {
            **components.get("schemas", {}),
            ERROR: error_schema(),
            **{name: make() for name, make in COMPONENTS.items()},
            **{f"{name}{IN_JSON}": in_json(make()) for name, make in FORMS_OF_PARAMETERS.items()},
        }
        components["securitySchemes"] = {**components.get("securitySchemes", {}), **security_schemes()}
    result["paths"] = dict(sorted(result["paths"].items()))
    return result


def _first_known(view: Any, known: Any) -> Any:
    """Return what is known of a view, or of the view that it wraps."""
    while view is not None:
        found = known.get(getattr(view, "cls", view))
        if found is not None:
            return found
        view = getattr(view, "__wrapped__", None)
    return None


def _mounted(generator: Any) -> Iterator[_Mounted]:
    for path_regex, pattern, names in _routes(generator.inspector.patterns, "", ()):
        path = generator.inspector.get_path_from_regex(path_regex)
        if path.isascii() and "{below}" not in path:
            yield _Mounted(path, "_".join([*names, pattern.name or "endpoint"]), pattern.callback)


def _routes(
    patterns: Iterable[URLPattern | URLResolver], before: str, names: tuple[str, ...]
) -> Iterator[tuple[str, URLPattern, tuple[str, ...]]]:
    for pattern in patterns:
        path_regex = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            space = (*names, pattern.app_name) if pattern.app_name else names
            yield from _routes(pattern.url_patterns, path_regex, space)
        else:
            yield path_regex, pattern, names
