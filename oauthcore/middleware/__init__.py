"""The two middlewares that a site names in ``MIDDLEWARE``."""

from oauthcore.middleware.request_id import RequestIdMiddleware
from oauthcore.middleware.second_factor import SecondFactorMiddleware

__all__ = ["RequestIdMiddleware", "SecondFactorMiddleware"]
