"""BearerAuthentication in a site's description: its schemes, and the scopes that each operation requires."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from oauthcore.api.drf.authentication import BearerAuthentication
from oauthcore.api.openapi.schemes import DEVICE_SESSION, OAUTH2, SERVICE_TOKEN, bearer_schemes, ways_through


class BearerExtension(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes BearerAuthentication. drf-spectacular finds it once this module is imported."""

    target_class = BearerAuthentication
    match_subclasses = True
    name = [OAUTH2, SERVICE_TOKEN, DEVICE_SESSION]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Return the schemes that an operation takes, with the scopes that its permissions require."""
        found = [
            each for way in ways_through(auto_schema.view.get_permissions()) for each in way.requirements
        ]
        return [one for number, one in enumerate(found) if one not in found[:number]]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        """Return the schemes, in the order of their names."""
        return list(bearer_schemes().values())
