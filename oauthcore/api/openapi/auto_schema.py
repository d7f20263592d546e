"""How a site's own REST framework views are described: what each requires, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular import openapi
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent
from rest_framework.authentication import SessionAuthentication

from oauthcore import conf
from oauthcore.api.drf.authentication import BearerAuthentication
from oauthcore.api.drf.exceptions import exception_handler
from oauthcore.api.drf.permissions import Public, declares, requirements_in
from oauthcore.api.openapi import authentication  # noqa: F401 - drf-spectacular finds the extension there
from oauthcore.api.openapi.refusals import (
    ERROR,
    OF_A_BODY,
    PermissionRefused,
    answers,
    error_schema,
    with_challenge_of_scope,
)
from oauthcore.api.openapi.schemes import has_others, ways_through
from oauthcore.rules.errors.dpop import InvalidProofOfToken, UseNonceForToken
from oauthcore.rules.errors.oauth import InvalidRequest, OAuthError, TemporarilyUnavailable, Throttled
from oauthcore.rules.errors.resources import (
    AddressNotAllowed,
    InsufficientScope,
    InvalidToken,
    NotAuthenticated,
)
from oauthcore.rules.errors.sign_in import NotFound
from oauthcore.rules.errors.step_up import InsufficientUserAuthentication

_WITH_BODY = ("POST", "PUT", "PATCH")


class AutoSchema(openapi.AutoSchema):
    """Describes a view with BearerAuthentication: for ``DEFAULT_SCHEMA_CLASS``.

    It adds the answers that BearerAuthentication, ``requires``, throttles and our parsers give to those that
    the view declares. A status that the view declares itself is left as it is.
    """

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        """Return the operation with the answers that refuse a request."""
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None or not self._takes_tokens():
            return operation
        found = with_challenge_of_scope(answers(self._refusals()))
        if self.view.get_exception_handler() is exception_handler:
            self.registry.register_on_missing(
                ResolvedComponent(  # type: ignore[no-untyped-call]
                    name=ERROR, type=ResolvedComponent.SCHEMA, object=ERROR, schema=error_schema()
                )
            )
        else:  # errors have another format, which only the site knows
            found = {
                status: {name: part for name, part in one.items() if name != "content"}
                for status, one in found.items()
            }
        operation["responses"] = dict(sorted({**found, **operation["responses"]}.items()))
        return operation

    def get_description(self) -> str:  # type: ignore[override]
        """Return the docstring as Markdown."""
        return str(super().get_description() or "").replace("``", "`")

    def get_auth(self) -> list[dict[str, Any]]:
        """Return what a request must prove. A session is left out where no permission takes one."""
        found = super().get_auth()
        permissions = self.view.get_permissions()
        if not self._takes_tokens():
            return found
        if any(isinstance(one, Public) for one in permissions) and {} not in found:
            found.append({})
        ways = ways_through(permissions)
        if all(one.is_stated and not one.sessions for one in ways):
            cookies = [one for one in _session_schemes(self.view, self) if one in found]
            found = [one for one in found if one not in cookies]
        return found

    def _takes_tokens(self) -> bool:
        return any(isinstance(one, BearerAuthentication) for one in self.view.get_authenticators())

    def _takes_sessions(self) -> bool:
        """Return whether REST framework checks Django's CSRF token of a session."""
        return any(isinstance(one, SessionAuthentication) for one in self.view.get_authenticators())

    def _refusals(self) -> Iterator[type[OAuthError]]:
        """Yield the refusals that a request for this operation may get."""
        permissions = self.view.get_permissions()
        required = [one for permission in permissions for one in requirements_in(permission)]
        yield InvalidRequest
        if not any(isinstance(one, Public) for one in permissions):
            yield NotAuthenticated
        yield InvalidToken
        if conf.settings().DPOP:
            yield from (InvalidProofOfToken, UseNonceForToken)
        if any(one.login is not None for one in required):
            yield InsufficientUserAuthentication
        if any(one.scopes or one.person for one in required) or not declares(self.view):
            yield InsufficientScope
        yield AddressNotAllowed
        if self._takes_sessions() or any(has_others(one) for one in permissions):
            yield PermissionRefused
        if "{" in self.path:
            yield NotFound
        if self.method in _WITH_BODY:
            yield from OF_A_BODY
        if self.view.get_throttles():
            yield Throttled
        yield TemporarilyUnavailable


def _session_schemes(view: Any, schema: openapi.AutoSchema) -> Iterator[Any]:
    """Yield the requirements that drf-spectacular states for the sessions of a view."""
    from drf_spectacular.extensions import OpenApiAuthenticationExtension

    for authenticator in view.get_authenticators():
        if isinstance(authenticator, SessionAuthentication):
            extension = OpenApiAuthenticationExtension.get_match(authenticator)
            if extension is not None:
                yield extension.get_security_requirement(schema)
