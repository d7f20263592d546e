"""SimpleJWT with its blacklist: refresh tokens are rotated, and those that were used are on the list."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "rest_framework_simplejwt.token_blacklist"]
ROOT_URLCONF = "benchmarks.field.peers.simplejwt.urls"
SIMPLE_JWT = {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}
