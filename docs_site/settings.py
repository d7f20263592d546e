"""The settings with which the code is read: a site that has everything, and no database."""

SECRET_KEY = "the code is only read"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "rest_framework",
    "oauthcore",
]
ROOT_URLCONF = "oauthcore.urls"
OAUTHCORE = {"ISSUER": "https://example.org"}
USE_TZ = True
