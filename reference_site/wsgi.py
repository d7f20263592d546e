"""The reference site as a WSGI application."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from reference_site.logs import shorten_access_logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reference_site.settings")

application = get_wsgi_application()
shorten_access_logs()
