"""SimpleJWT with its defaults: no table of its own."""

from benchmarks.field.site_settings import *

ROOT_URLCONF = "benchmarks.field.peers.simplejwt.urls"
