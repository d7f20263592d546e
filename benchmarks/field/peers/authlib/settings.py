"""Authlib's Django integration: it brings no tables, so the site has those of ``models.py``."""

import os

from benchmarks.field.site_settings import *

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # as its documentation has it for a site without https

INSTALLED_APPS = [*DJANGO_APPS, "benchmarks.field.peers.authlib"]
ROOT_URLCONF = "benchmarks.field.peers.authlib.urls"
AUTHLIB_OAUTH2_PROVIDER = {"refresh_token_generator": True}
