"""The OpenAPI description of a site with oauthcore, by drf-spectacular (the extra ``openapi``).

``SPECTACULAR_SETTINGS`` and ``REST_FRAMEWORK`` name what is here. Nothing else in oauthcore imports it.
"""

from oauthcore.api.openapi.auto_schema import AutoSchema
from oauthcore.api.openapi.endpoints import describe_endpoints

__all__ = ["AutoSchema", "describe_endpoints"]
