"""The description as a page shows it: groups of operations, each with rows of parameters and answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from reference_site.description.document import document

#: How deep members of members are shown.
_DEEPEST = 3
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Row:
    """One parameter or member: its name, what it is, and a sentence."""

    name: str
    kind: str
    description: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Form:
    """One thing that can be sent or answered: a title where there are several, and its members."""

    title: str
    rows: list[Row]


@dataclass(frozen=True)
class Answer:
    """One answer: its status, its text in lines, its headers and its members."""

    status: str
    lines: list[str]
    headers: list[str]
    types: list[str]
    forms: list[Form]
    is_error: bool


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    ways: list[str]
    parameters: list[Row]
    types: list[str]
    forms: list[Form]
    answers: list[Answer]

    @property
    def parts(self) -> list[str]:
        """The path between its slashes: a narrow screen breaks the line before one of them."""
        return self.path.removeprefix("/").split("/")


@dataclass(frozen=True)
class Group:
    """The operations of one subject."""

    title: str
    anchor: str
    operations: list[Operation]


@cache
def groups() -> tuple[Group, ...]:
    """Return all operations of the site by subject, those of the photo library first."""
    reader = _Reader(document().members)
    by_title: dict[str, list[Operation]] = {}
    for title, operation in reader.operations():
        by_title.setdefault(title, []).append(operation)
    titles = sorted(by_title, key=lambda title: (title != "Photo library", "dialect" in title))
    return tuple(Group(title, f"group-{number}", by_title[title]) for number, title in enumerate(titles, 1))


class _Reader:
    """Reads a description whose references all lead into its own components."""

    def __init__(self, members: dict[str, Any]) -> None:
        self._paths = members["paths"]
        self._schemas = members["components"]["schemas"]

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """Yield each operation with the title of its group."""
        for path, item in self._paths.items():
            for method in _METHODS:
                if method in item:
                    yield item[method]["tags"][0], self._operation(path, method, item[method])

    def _operation(self, path: str, method: str, said: dict[str, Any]) -> Operation:
        content = said.get("requestBody", {}).get("content", {})
        return Operation(
            name=said["operationId"],
            method=method.upper(),
            path=path,
            summary=said.get("summary", ""),
            description=said.get("description", ""),
            ways=[_way(one) for one in said.get("security", [])],
            parameters=[
                Row(one["name"], self._kind(one["schema"]), _words(one), one.get("required", False))
                for one in said.get("parameters", [])
            ],
            types=list(content),
            forms=self._forms(next(iter(content.values()))["schema"]) if content else [],
            answers=[self._answer(status, one) for status, one in said["responses"].items()],
        )

    def _answer(self, status: str, said: dict[str, Any]) -> Answer:
        is_error = status >= "400"
        content = said.get("content", {})
        schema = next(iter(content.values()))["schema"] if content else None
        return Answer(
            status=status,
            lines=[line.removeprefix("- ") for line in str(said.get("description", "")).splitlines()],
            headers=[name for name in said.get("headers", {}) if name != "Cache-Control"],
            types=[] if is_error else list(content),
            forms=[] if is_error or schema is None else self._forms(schema),
            is_error=is_error,
        )

    def _forms(self, schema: dict[str, Any]) -> list[Form]:
        whole = self._whole(schema)
        choices = [self._whole(one) for one in whole.get("oneOf", [whole])]
        found = [
            Form(one.get("title") or one.get("description", ""), list(self._rows(one))) for one in choices
        ]
        return [one for one in found if one.rows]

    def _rows(self, schema: dict[str, Any], before: str = "", depth: int = 1) -> Iterator[Row]:
        required = schema.get("required", [])
        for name, given in schema.get("properties", {}).items():
            member = self._whole(given)
            yield Row(before + name, self._kind(given), _words(member), name in required)
            inner = self._whole(member.get("items", member))
            if depth < _DEEPEST:
                ending = "[]." if "items" in member else "."
                yield from self._rows(inner, f"{before}{name}{ending}", depth + 1)

    def _whole(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema with what it refers to, and with all parts of an ``allOf`` in one."""
        if "$ref" in schema:
            return self._whole(self._schemas[schema["$ref"].rpartition("/")[2]])
        if "allOf" in schema:
            parts = [self._whole(one) for one in schema["allOf"]]
            members = {name: one for part in parts for name, one in part.get("properties", {}).items()}
            required = [name for part in parts for name in part.get("required", [])]
            return {"type": "object", "properties": members, "required": required}
        choices = schema.get("oneOf", [])
        if len(choices) == 2 and choices[1] == {"type": "null"}:
            return self._whole(choices[0])
        return schema

    def _kind(self, schema: dict[str, Any]) -> str:
        """Return in a few words what a value is."""
        whole = self._whole(schema)
        if "enum" in whole:
            return " | ".join(map(str, whole["enum"]))
        if "oneOf" in whole:
            return " or ".join(self._kind(one) for one in whole["oneOf"])
        kind = whole.get("type", "any value")
        names: list[str] = kind if isinstance(kind, list) else [kind]
        if "array" in names and "items" in whole:
            return f"list of {self._kind(whole['items'])}"
        text = str(whole.get("format", "string"))
        return " or ".join(text if name == "string" else name for name in names)


def _way(requirement: dict[str, list[str]]) -> str:
    if not requirement:
        return ""
    return ", ".join(
        f"{name}: {' '.join(scopes)}" if scopes else name for name, scopes in requirement.items()
    )


def _words(said: dict[str, Any]) -> str:
    return str(said.get("description", ""))
