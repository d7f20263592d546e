"""The site as an ASGI application."""

from django.core.asgi import get_asgi_application

from oauthcore.asgi import RequestLimits

application = RequestLimits(get_asgi_application())
