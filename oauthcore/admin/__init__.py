"""The admin: what staff look after. Django finds it by itself where ``django.contrib.admin`` is installed."""

from oauthcore.admin.applications import ApplicationAdmin
from oauthcore.admin.scope_requests import ScopeRequestAdmin

__all__ = ["ApplicationAdmin", "ScopeRequestAdmin"]
