"""The tokens that Django REST framework brings itself."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "rest_framework.authtoken"]
ROOT_URLCONF = "benchmarks.field.peers.authtoken.urls"
