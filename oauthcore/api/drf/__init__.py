"""What a site built on REST framework imports: authentication, permissions, parsers, exceptions.

``REST_FRAMEWORK`` may name any of these. So nothing here may import REST framework's views at the top: those
import what the settings name.
"""

from oauthcore.api.drf.authentication import BearerAuthentication
from oauthcore.api.drf.exceptions import exception_handler
from oauthcore.api.drf.integration import Integration
from oauthcore.api.drf.parsers import (
    StrictFormParser,
    StrictJSONParser,
    StrictMultiPartParser,
    WholeBody,
    require_as_it_is,
)
from oauthcore.api.drf.permissions import Public, requires
from oauthcore.api.wire.requests import query_parameters
from oauthcore.bodies import content_length
from oauthcore.flows.tokens.verify import VerifiedToken

__all__ = [
    "BearerAuthentication",
    "Integration",
    "Public",
    "StrictFormParser",
    "StrictJSONParser",
    "StrictMultiPartParser",
    "VerifiedToken",
    "WholeBody",
    "content_length",
    "exception_handler",
    "query_parameters",
    "require_as_it_is",
    "requires",
]
