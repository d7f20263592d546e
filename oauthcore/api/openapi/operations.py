"""What is said of one operation of an endpoint, and how OpenAPI writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauthcore.api.openapi.refusals import ALWAYS, OF_A_BODY, answers, with_challenge_of_scope
from oauthcore.api.openapi.schemas import Schema, ref, text
from oauthcore.api.openapi.schemes import Requirement
from oauthcore.api.wire.endpoint import Facts
from oauthcore.rules.errors.oauth import OAuthError

#: The content types in which an endpoint of OAuth takes its parameters.
FORMS = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data")
JSON = ("application/json",)
#: How the name of a schema ends that is of the same parameters in JSON.
IN_JSON = "InJSON"

#: Makes the description of an operation when it is asked for, because settings decide what it says.
Describe = Callable[[], "Operation"]
#: The operations of an endpoint, by method.
Described = Mapping[str, Describe]


@dataclass(frozen=True)
class Body:
    """What a request may send: its schema, the content types, and whether it must send anything."""

    schema: Schema
    types: tuple[str, ...] = JSON
    is_required: bool = True

    def written(self) -> dict[str, Any]:
        """Return the body as OpenAPI has it."""
        content = {one: {"schema": self._schema(one)} for one in self.types}
        return {"content": content, **({"required": True} if self.is_required else {})}

    def _schema(self, content_type: str) -> Schema:
        """Return the schema for a content type. Parameters in JSON may be numbers and booleans too."""
        if self.types != FORMS or content_type != "application/json":
            return self.schema
        return ref(f"{self.schema['$ref'].rpartition('/')[2]}{IN_JSON}")


@dataclass(frozen=True)
class Answer:
    """One answer other than an error. Without a schema it has no body."""

    description: str
    schema: Schema | None = None
    content_type: str = "application/json"


@dataclass(frozen=True)
class Operation:
    """One method of an endpoint."""

    summary: str
    tag: str
    answers: Mapping[int, Answer]
    refusals: Iterable[type[OAuthError]] = ()
    body: Body | None = None
    #: Parameters of the query string: the schemas, and the names of those that are required.
    query: Mapping[str, Schema] = field(default_factory=dict)
    query_required: tuple[str, ...] = ()
    #: Parameters of the path.
    path: Mapping[str, Schema] = field(default_factory=dict)
    security: tuple[Requirement, ...] = ()
    description: str = ""
    #: Answers that have neither the format of other errors nor that of a success.
    others: Mapping[int, Answer] = field(default_factory=dict)

    def written(self, name: str, facts: Facts) -> dict[str, Any]:
        """Return the operation as OpenAPI has it."""
        given = {status: _written(one) for status, one in {**self.answers, **self.others}.items()}
        refusals = [*(OF_A_BODY if self.body else ()), *self.refusals, *ALWAYS]
        refused = answers(refusals, challenge=facts.challenge, beside=facts.beside_errors)
        if facts.challenge == "Bearer":
            refused = with_challenge_of_scope(refused)
        parameters = [*self._parameters()]
        return {
            "operationId": name,
            "summary": self.summary,
            **({"description": self.description} if self.description else {}),
            "tags": [self.tag],
            **({"parameters": parameters} if parameters else {}),
            **({"requestBody": self.body.written()} if self.body else {}),
            "security": [*self.security],
            "responses": dict(sorted({**refused, **{str(one): given[one] for one in given}}.items())),
        }

    def _parameters(self) -> Iterable[dict[str, Any]]:
        for name, schema in self.path.items():
            yield {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in self.query.items():
            required = {"required": True} if name in self.query_required else {}
            yield {"name": name, "in": "query", **required, "schema": schema}


def _written(answer: Answer) -> dict[str, Any]:
    headers = {"Cache-Control": {"description": "Whether caches may keep the answer.", "schema": text()}}
    written: dict[str, Any] = {"description": answer.description, "headers": headers}
    if answer.schema is not None:
        written["content"] = {answer.content_type: {"schema": answer.schema}}
    return written
