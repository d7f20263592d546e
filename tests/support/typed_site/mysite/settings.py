"""Settings of a site whose every line is type-checked, as its developers have it."""

from typing import Any

from oauthcore.postgresql import Connection

SECRET_KEY = "for type checks alone"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "oauthcore",
]
MIDDLEWARE = [
    "oauthcore.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oauthcore.middleware.SecondFactorMiddleware",
]
ROOT_URLCONF = "mysite.urls"
CSRF_FAILURE_VIEW = "oauthcore.pages.errors.csrf_failure"
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "oauthcore.postgresql",
        "OPTIONS": {"pool": {"connection_class": Connection}},
    },
    "reports": {"ENGINE": "oauthcore.mysql"},
}
OAUTHCORE: dict[str, Any] = {
    "ISSUER": "https://notes.example",
    "ACCOUNT_BACKEND": "mysite.backends.Teams",
    "CLAIMS": "mysite.backends.Claims",
    "SECOND_FACTOR": "oauthcore.second_factor.NoSecondFactor",
}
LOGGING: dict[str, Any] = {
    "version": 1,
    "filters": {
        "request_id": {"()": "oauthcore.logging.RequestIdFilter"},
        "secrets": {"()": "oauthcore.logging.WithoutSecrets"},
    },
    "formatters": {"json": {"()": "oauthcore.logging.JSONFormatter"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["request_id", "secrets"],
            "formatter": "json",
        }
    },
}
REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "oauthcore.api.drf.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "oauthcore.api.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": ["oauthcore.api.openapi.describe_endpoints"],
}
