"""oauthcore with its defaults."""

from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "oauthcore"]
MIDDLEWARE = ["oauthcore.middleware.RequestIdMiddleware"]
ROOT_URLCONF = "benchmarks.field.peers.oauthcore.urls"
OAUTHCORE = {
    "ISSUER": "http://testserver",
    "SCOPES": {"read": "Read your data", "write": "Change your data"},
}
