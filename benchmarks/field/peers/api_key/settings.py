"""djangorestframework-api-key with its defaults."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "rest_framework_api_key"]
ROOT_URLCONF = "benchmarks.field.peers.api_key.urls"
