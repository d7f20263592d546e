"""What the settings of all sites of the field begin with. A site adds its apps and its middleware."""

import os

import environ

from benchmarks import DATABASE_VARIABLE

SECRET_KEY = "only-for-benchmarks-" + "x" * 40
DEBUG = False
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DJANGO_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "rest_framework",
]
INSTALLED_APPS = DJANGO_APPS
MIDDLEWARE: list[str] = []
DATABASES = {
    "default": {
        **environ.Env.db_url_config(os.environ.get(DATABASE_VARIABLE, "sqlite://:memory:")),
        "CONN_MAX_AGE": None,  # the connection stays open from request to request
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 2}
PASSWORD_HASHERS = ["benchmarks.field.hashing.OneIteration"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
LOGGING = {  # what is logged is logged, and written nowhere
    "version": 1,
    "handlers": {"nowhere": {"class": "logging.NullHandler"}},
    "root": {"handlers": ["nowhere"], "level": "INFO"},
}
LOGGING_CONFIG = "logging.config.dictConfig"
