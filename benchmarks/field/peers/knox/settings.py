"""Knox with its defaults."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "knox"]
ROOT_URLCONF = "benchmarks.field.peers.knox.urls"
