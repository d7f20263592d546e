"""django-oauth-toolkit with its defaults."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "oauth2_provider"]
ROOT_URLCONF = "benchmarks.field.peers.toolkit.urls"
