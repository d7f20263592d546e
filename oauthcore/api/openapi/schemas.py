"""Small pieces of JSON Schema, as OpenAPI 3.1 has them; for a site that keeps to 3.0 as that has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from drf_spectacular.settings import spectacular_settings

Schema = dict[str, Any]


def is_3_1() -> bool:
    """Return whether the site's description is of OpenAPI 3.1, and not of 3.0."""
    return str(spectacular_settings.OAS_VERSION).startswith("3.1")


def ref(name: str) -> Schema:
    """Return a reference to a schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def text(description: str = "", **more: Any) -> Schema:
    """Return the schema of a text."""
    return {"type": "string", **({"description": description} if description else {}), **more}


def secret(description: str, **more: Any) -> Schema:
    """Return the schema of a secret, which viewers do not show while it is typed."""
    return text(description, format="password", **more)


def one_of(*values: str, description: str = "") -> Schema:
    """Return the schema of a text that is one of these."""
    return text(description, enum=list(values))


def integer(description: str = "", **more: Any) -> Schema:
    """Return the schema of a whole number."""
    return {"type": "integer", **({"description": description} if description else {}), **more}


def boolean(description: str = "", **more: Any) -> Schema:
    """Return the schema of true or false."""
    return {"type": "boolean", **({"description": description} if description else {}), **more}


def moment(description: str = "") -> Schema:
    """Return the schema of a time in RFC 3339."""
    return text(description, format="date-time")


def uuid(description: str = "") -> Schema:
    """Return the schema of a UUID."""
    return text(description, format="uuid")


def url(description: str = "") -> Schema:
    """Return the schema of a URL."""
    return text(description, format="uri")


def several(items: Schema, description: str = "", **more: Any) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items, **({"description": description} if description else {}), **more}


def table(values: Schema, description: str = "") -> Schema:
    """Return the schema of an object whose names are not known before."""
    said = {"description": description} if description else {}
    return {"type": "object", "additionalProperties": values, **said}


def members(
    required: Mapping[str, Schema], optional: Mapping[str, Schema] | None = None, description: str = ""
) -> Schema:
    """Return the schema of an object with these members. It may have others in a later release."""
    said = {"description": description} if description else {}
    wanted = {"required": list(required)} if required else {}
    return {"type": "object", **said, "properties": {**required, **(optional or {})}, **wanted}


def or_null(schema: Schema) -> Schema:
    """Return the schema of a value that may be null instead."""
    if not is_3_1():
        return {**schema, "nullable": True}
    if "type" in schema and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"oneOf": [schema, {"type": "null"}]}


def in_json(schema: Schema) -> Schema:
    """Return the schema of parameters as JSON: numbers and booleans count as their text, null as not sent."""
    if "oneOf" in schema:
        return {**schema, "oneOf": [in_json(one) for one in schema["oneOf"]]}
    required = schema.get("required", [])
    values = {
        name: _as_any_text(one, is_required=name in required) for name, one in schema["properties"].items()
    }
    return {**schema, "properties": values}


def _as_any_text(schema: Schema, *, is_required: bool) -> Schema:
    kinds = ["string", "integer", "boolean", *([] if is_required else ["null"])]
    if "items" in schema:  # or one alone
        items = _as_any_text(schema["items"], is_required=False)
        return {"anyOf": [{**schema, "items": items}, _as_any_text(schema["items"], is_required=is_required)]}
    if "enum" in schema or schema["type"] not in kinds:
        return schema
    if is_3_1():
        return {**schema, "type": kinds}
    rest = {name: value for name, value in schema.items() if name not in ("type", "format")}
    return {**rest, "anyOf": [{"type": one} for one in kinds if one != "null"]}


def picked(known: Mapping[str, Schema], names: Iterable[str]) -> dict[str, Schema]:
    """Return the schemas of these names, sorted. A name without a schema of its own is a text."""
    return {name: known.get(name, text()) for name in sorted(names)}
