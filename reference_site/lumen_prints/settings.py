"""Settings of Lumen Prints. It shares nothing with Lumen: no database, no key, no cookie, no user.

One folder holds its database, its secret key, and its client secret from Lumen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from reference_site import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG: bool = env.bool("DEBUG", default=False)
#: The provider that signs people in. Everything else about it comes from its discovery document.
ISSUER: str = env.str("OAUTHCORE_ISSUER", default=environment.DEFAULT_ISSUER)
#: Where people reach this shop.
URL: str = env.str("LUMEN_PRINTS_URL", default=environment.neighbour_of(ISSUER))
FOLDER = Path(env.str("LUMEN_PRINTS_FOLDER", default=str(BASE_DIR / environment.LUMEN_PRINTS_FOLDER)))
FOLDER.mkdir(mode=0o700, parents=True, exist_ok=True)

CLIENT_ID = "lumen-prints"
CLIENT_SECRET_FILE = FOLDER / "client_secret"

SECRET_KEY = environment.kept_key(FOLDER / "secret_key")
ALLOWED_HOSTS = [environment.host_of(URL)]
ROOT_URLCONF = "reference_site.lumen_prints.urls"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "reference_site.lumen_prints",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "reference_site.lumen_prints.headers.content_security_policy",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": FOLDER / "db.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# Cookies do not know ports. With the same cookie name, two sites on one host would end each other's sessions.
SESSION_COOKIE_NAME = "lumen_prints_session"
CSRF_COOKIE_NAME = "lumen_prints_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = URL.startswith("https://")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "front"

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query_string": {"()": "reference_site.logs.WithoutQueryString"}},
    "formatters": {"named": {"format": "Lumen Prints: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "named",
            "filters": ["without_query_string"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
