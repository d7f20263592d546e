"""The OpenAPI description of the site under test, and the comparison of an answer with it."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from typing import Any

import jsonschema_rs
from django.conf import settings
from django.test import override_settings
from drf_spectacular.generators import SchemaGenerator

from oauthcore import conf
from oauthcore.api.wire.json_routes import view_of

#: Every switch, on: a description with them has each answer that a site with fewer can give.
EVERY_SWITCH = dict.fromkeys(
    [
        *("PRIVATE_KEY_JWT", "JWT_ACCESS_TOKENS", "TOKEN_EXCHANGE", "ENTERPRISE_MANAGED_AUTHORIZATION"),
        *("DEVICE_AUTHORIZATION", "DPOP", "PUSHED_AUTHORIZATION_REQUESTS", "OPENID_CONNECT", "STEP_UP"),
        *("CLIENT_ID_METADATA_DOCUMENTS", "MASTODON_REGISTRATION"),
    ],
    True,
) | {"DYNAMIC_REGISTRATION": "open"}


def describe() -> dict[str, Any]:
    """Return the description of the site as it is set up now."""
    return json.loads(json.dumps(SchemaGenerator().get_schema(request=None, public=True)))


class DescribedAPI:
    """The answers of a description, each with the schema of its body, which may hold nothing else."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._open = document["components"]["schemas"]
        self._components = {"schemas": self._strict(self._open)}
        self._paths = {
            re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) + r"\Z"): item
            for path, item in document["paths"].items()
        }
        self._validators: dict[int, Any] = {}
        self._item_at = lru_cache(maxsize=500)(self._searched_for)

    def find(self, path: str, method: str) -> dict[str, Any] | None:
        """Return the operation at a path, if it is described."""
        found: dict[str, Any] | None = self._item_at(path).get("get" if method == "HEAD" else method.lower())
        return found

    def _searched_for(self, path: str) -> dict[str, Any]:
        return next((item for pattern, item in self._paths.items() if pattern.match(path)), {})

    def problem_with(
        self, operation: dict[str, Any], response: Any, *, is_head: bool, is_of_a_test: bool
    ) -> str | None:
        """Return what is wrong with an answer, or None if the description has it."""
        described = operation["responses"].get(str(response.status_code))
        if described is None:
            return f"the status {response.status_code} is not described: {_shown(response)}"
        missing = [
            name
            for name, header in described.get("headers", {}).items()
            if header.get("required") and not response.has_header(name)
        ]
        if missing:
            return f"without {', '.join(missing)}"
        content = described.get("content")
        if content is None:
            has_body = bool(response.content) and not is_head and not is_of_a_test
            return "a body is not described" if has_body else None
        kind = response["Content-Type"].partition(";")[0]
        if kind not in content:
            return f"{kind} is not described"
        return (
            None if is_head or kind != "application/json" else self._misfit(content[kind]["schema"], response)
        )

    def _misfit(self, schema: dict[str, Any], response: Any) -> str | None:
        validator = self._validators.get(id(schema))
        if validator is None:
            whole = {**self._strict(schema), "components": self._components}
            validator = self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(whole)
        body = json.loads(response.content)
        fault = next(validator.iter_errors(body), None)
        return None if fault is None else f"{fault.message} in {_shown(response)}"

    def _strict(self, schema: Any) -> Any:
        """Return schemas that allow no member but those that they name."""
        if isinstance(schema, list):
            return [self._strict(one) for one in schema]
        if not isinstance(schema, dict):
            return schema
        if "allOf" in schema:  # each part sees the members of the others
            parts = [
                self._open[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
                for one in schema["allOf"]
            ]
            return {**schema, "allOf": parts, "unevaluatedProperties": False}
        strict = {name: self._strict(value) for name, value in schema.items()}
        is_closed = isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema
        return {**strict, "unevaluatedProperties": False} if is_closed else strict


def _shown(response: Any) -> str:
    return str(response.content[:400])


@cache
def described_api(urlconf: str, backend: str) -> DescribedAPI:
    """Return what a site with this URLconf and account backend answers, with every switch on."""
    switches = {
        **settings.OAUTHCORE,
        **EVERY_SWITCH,
        "DYNAMIC_REGISTRATION": "open",
        "ACCOUNT_BACKEND": backend,
    }
    with override_settings(OAUTHCORE=switches, ROOT_URLCONF=urlconf):
        return DescribedAPI(describe())


class Comparison:
    """Whether answers are compared. A test that breaks the site from outside switches it off."""

    is_on = True


def problem_with(response: Any) -> str | None:
    """Return what is wrong with an answer of the site's API, or None; also if it is no part of it."""
    request = getattr(response, "wsgi_request", None)
    if not Comparison.is_on or request is None or request.method == "OPTIONS" or response.status_code == 405:
        return None
    # Django has resolved the address already, unless a middleware answered.
    view = request.resolver_match.func if request.resolver_match else view_of(request)
    facts = getattr(view, "oauthcore_facts", None)
    if facts is not None and not facts.is_on:
        return None
    described = described_api(settings.ROOT_URLCONF, conf.settings().ACCOUNT_BACKEND)
    operation = described.find(request.path_info, request.method)
    if operation is None or view is None:  # an address without a view is no part of the API
        return None
    is_of_a_test = getattr(view, "cls", view).__module__.startswith("tests.")
    if is_of_a_test and response.status_code < 400:
        return None
    problem = described.problem_with(
        operation, response, is_head=request.method == "HEAD", is_of_a_test=is_of_a_test
    )
    return problem and f"{request.method} {request.path_info}: {problem}"
