"""The reference site as an ASGI application."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from oauthcore.asgi import RequestLimits
from reference_site.logs import shorten_access_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reference_site.settings")
# Here each request has a thread of its own. A connection that is kept serves no other one, and stays open.
os.environ.setdefault("CONN_MAX_AGE", "0")

application = RequestLimits(get_asgi_application())
shorten_access_logs()
