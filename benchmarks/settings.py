"""One Django site with both products in it, each as its documentation installs it, and nothing else.

No middleware stands here: each product's handler is built with what that product needs (``products.py``).
"""

import os

import environ

from benchmarks import DATABASE_VARIABLE

SECRET_KEY = "only-for-benchmarks-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "benchmarks.urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE: list[str] = []
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
    "oauth2_provider",
    "oauthcore",
]
DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ.get(DATABASE_VARIABLE, "sqlite://:memory:")),
        "CONN_MAX_AGE": None,  # the connection stays open from request to request
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
OAUTHCORE = {
    "ISSUER": "http://testserver",
    "SCOPES": {"read": "Read your data", "write": "Change your data"},
}
