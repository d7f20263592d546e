"""The site of the benchmarks while it moves away from the other product."""

from benchmarks import settings
from benchmarks.settings import *  # noqa: F403 - Django's settings are a module

OAUTHCORE = {**settings.OAUTHCORE, "IMPORTED_TOKENS": ["django-oauth-toolkit"]}
OAUTH2_PROVIDER = {"SCOPES": {"read": "Read", "write": "Write"}}
