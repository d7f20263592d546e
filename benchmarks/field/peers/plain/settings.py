"""Django REST framework alone."""

from benchmarks.field.site_settings import *

ROOT_URLCONF = "benchmarks.field.peers.plain.urls"
