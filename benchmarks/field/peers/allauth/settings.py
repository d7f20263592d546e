"""allauth's identity provider; the limit of introspections is off, as its documentation allows."""

from benchmarks.field.peers.allauth.key import PRIVATE_KEY
from benchmarks.field.site_settings import *

INSTALLED_APPS = [*DJANGO_APPS, "allauth", "allauth.account", "allauth.idp.oidc"]
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
ROOT_URLCONF = "benchmarks.field.peers.allauth.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
IDP_OIDC_PRIVATE_KEY = PRIVATE_KEY
IDP_OIDC_INTROSPECTION_ENABLED = True
IDP_OIDC_INTROSPECTION_CROSS_CLIENT_ALLOWED = True
IDP_OIDC_RATE_LIMITS = False
