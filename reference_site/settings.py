"""Settings of the reference site, read from the environment; a ``.env`` file beside ``manage.py`` works too.

``docs/`` describes each variable. This file contains no secret and no address of a particular machine.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ

from reference_site import environment
from reference_site.scopes import SCOPES

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY = environment.secret_key(env, debug=DEBUG, base_dir=BASE_DIR)
ISSUER: str = env.str("OAUTHCORE_ISSUER", default=environment.DEFAULT_ISSUER)
#: The path below which the site is served, such as ``/photos``. Configure the server or proxy with it too.
FORCE_SCRIPT_NAME: str | None = env.str("FORCE_SCRIPT_NAME", default="").rstrip("/") or None
TRUSTED_PROXIES: list[str] = env.list("TRUSTED_PROXIES", default=[])
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS",
    default=[environment.host_of(ISSUER), *(["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])],
)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "oauthcore",
    "reference_site.accounts",
    "reference_site.photos",
    "reference_site.playground",
    "reference_site.documentation",
    "reference_site.description",
    "reference_site.demo",
]
MIDDLEWARE = [
    "oauthcore.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "oauthcore.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "reference_site.urls"
WSGI_APPLICATION = "reference_site.wsgi.application"
ASGI_APPLICATION = "reference_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# ── Where things are kept ─────────────────────────────────────────────────────────────────────────
DATABASES = {"default": environment.database(env, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {"default": environment.cache(env)}
MEDIA_ROOT: str = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))
STATIC_URL = f"{FORCE_SCRIPT_NAME or ''}/static/"
STATIC_ROOT: str | None = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
#: Where `make docs` builds the documentation, which the site serves at /docs/.
DOCS_ROOT: str = env.str("DOCS_ROOT", default=str(BASE_DIR / "build" / "docs"))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "reference_site.static_files.CollectedOrNot"
    },
}

# ── What may be sent ──────────────────────────────────────────────────────────────────────────────
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
APPEND_SLASH = False
#: The largest picture that the library accepts: bytes of its file, and pixels after decoding.
PHOTO_MAX_BYTES: int = env.int("PHOTO_MAX_BYTES", default=32 * 1024 * 1024)
PHOTO_MAX_PIXELS: int = env.int("PHOTO_MAX_PIXELS", default=24_000_000)
#: A long download checks after this many seconds whether its token is still live.
PHOTO_STREAM_RECHECK: int = env.int("PHOTO_STREAM_RECHECK", default=30)

# ── Who it is ─────────────────────────────────────────────────────────────────────────────────────
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "oauthcore.pages.errors.csrf_failure"
LOGIN_REDIRECT_URL = "playground:start"
LOGOUT_REDIRECT_URL = "playground:start"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# ── Behind https ──────────────────────────────────────────────────────────────────────────────────
_HTTPS = ISSUER.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS and not DEBUG
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _HTTPS and not DEBUG else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [environment.origin_of(ISSUER)] if _HTTPS else []
# Only a trusted proxy may say that the client used https. It must overwrite the header of the client.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS and TRUSTED_PROXIES else None

# ── Words and times ───────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ja", "日本語"),
    ("ar", "العربية"),
]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# ── OAuth ─────────────────────────────────────────────────────────────────────────────────────────
OAUTHCORE: dict[str, Any] = {
    "ISSUER": ISSUER,
    "SITE_NAME": "Lumen",
    "TEST_PAGE": "playground:start",
    "TOKEN_PREFIX": "ref_api",
    "TOKEN_ENVIRONMENT": "live",
    "SCOPES": SCOPES,
    "RESOURCES": {
        # The resource for AI tools. The rest of the library belongs to the issuer.
        f"{ISSUER}/mcp": {
            "name": "Lumen for AI tools",
            "scopes": [one for one in SCOPES if one.startswith("api.")],
        }
    },
    "STEP_UP": True,
    "OPENID_CONNECT": True,
    "CLAIMS": "reference_site.accounts.claims.Claims",
    "PAIRWISE_SALT": env.str("PAIRWISE_SALT", default=""),
    "ACCOUNT_BACKEND": "reference_site.accounts.backend.MembershipBackend",
    "JSON_PATHS": [
        *("/v1/", "/api/", "/.well-known/", "/mcp", "/openapi.json"),
        *("/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/jwks", "/oauth/register"),
        *("/oauth/userinfo", "/oauth/device_authorization", "/oauth/par", "/oauth2/token", "/oauth2/revoke"),
    ],
    "TRUSTED_PROXIES": TRUSTED_PROXIES,
    "SECOND_FACTOR_KEYS": env.list("SECOND_FACTOR_KEYS", default=[]),
    "MASTODON_REGISTRATION": True,
    "PRIVATE_KEY_JWT": True,
    "JWT_ACCESS_TOKENS": True,
    "CLIENT_ID_METADATA_DOCUMENTS": True,
    "METADATA_DOCUMENT_LOOPBACK": DEBUG,
    "TOKEN_EXCHANGE": True,
    "ENTERPRISE_MANAGED_AUTHORIZATION": True,
    "DYNAMIC_REGISTRATION": "open",
    "DEVICE_AUTHORIZATION": True,
    "DPOP": True,
    "PUSHED_AUTHORIZATION_REQUESTS": True,
    # Limits are counted in Redis if the cache is there, otherwise in the database.
    "LIMITER_URL": env.str("LIMITER_URL", default="")
    or (CACHES["default"]["LOCATION"] if environment.is_redis(CACHES["default"]) else None),
}
#: A second site, which signs people in with this one (OpenID Connect). The demo registers it as an
#: application, and puts the secret into its folder.
LUMEN_PRINTS_URL: str = env.str("LUMEN_PRINTS_URL", default=environment.neighbour_of(ISSUER))
LUMEN_PRINTS_FOLDER: str = env.str(
    "LUMEN_PRINTS_FOLDER", default=str(BASE_DIR / environment.LUMEN_PRINTS_FOLDER) if DEBUG else ""
)
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["oauthcore.api.drf.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["reference_site.permissions.NothingDeclared"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "reference_site.negotiation.AlwaysTheFirst",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "oauthcore.api.drf.StrictJSONParser",
        "oauthcore.api.drf.StrictFormParser",
        "oauthcore.api.drf.StrictMultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "oauthcore.api.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "oauthcore.api.drf.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Lumen",
    "DESCRIPTION": "The photo library, and the endpoints with which applications get access to it.",
    "VERSION": "1",
    "SERVERS": [{"url": f"{environment.origin_of(ISSUER)}{FORCE_SCRIPT_NAME or ''}"}],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "oauthcore.api.openapi.describe_endpoints",
    ],
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
}

# ── Mail and logs ─────────────────────────────────────────────────────────────────────────────────
vars().update(environment.mail(env))
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "oauthcore.logging.RequestIdFilter"},
        "without_secrets": {"()": "oauthcore.logging.WithoutSecrets"},
        "without_query_string": {"()": "reference_site.logs.WithoutQueryString"},
        "without_static_files": {"()": "reference_site.logs.WithoutStaticFiles", "prefix": STATIC_URL},
    },
    "formatters": {"json": {"()": "oauthcore.logging.JSONFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id", "without_query_string", "without_secrets"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {
            "handlers": ["stderr"],
            "level": "INFO",
            "propagate": False,
            "filters": ["without_static_files"],
        },
    },
}
