"""Settings for production: everything that differs between machines comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from mysite.environment import secret, text, words

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = secret("SECRET_KEY")
#: Old keys, while the grants and sessions that they signed shall live.
SECRET_KEY_FALLBACKS = [key for key in secret("SECRET_KEY_FALLBACKS", "").split(",") if key]
ISSUER = text("ISSUER")
ALLOWED_HOSTS = [urlsplit(ISSUER).hostname, *words("ALLOWED_HOSTS")]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "oauthcore",
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
ROOT_URLCONF = "mysite.urls"
WSGI_APPLICATION = "mysite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

# ── The database. docs/deployment.md explains the options ─────────────────────────────────────────
#: For how many seconds a request waits for the database. Commands have no limit: manage.py sets 0.
SECONDS = int(text("DATABASE_TIMEOUT", "2"))
_LIMITS = {
    "answer_within": SECONDS,
    "tcp_user_timeout": 1000 * SECONDS,
    "options": f"-c lock_timeout={700 * SECONDS} -c statement_timeout={850 * SECONDS}"
    " -c idle_in_transaction_session_timeout=30000",
}
DATABASES = {
    "default": {
        "ENGINE": "oauthcore.postgresql",
        "NAME": text("DATABASE_NAME", "mysite"),
        "USER": text("DATABASE_USER", "mysite"),
        "PASSWORD": secret("DATABASE_PASSWORD", ""),
        "HOST": text("DATABASE_HOST", "database"),
        "PORT": text("DATABASE_PORT", "5432"),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 2,
            "connect_timeout": max(2, SECONDS),
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            **(_LIMITS if SECONDS else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── People ────────────────────────────────────────────────────────────────────────────────────────
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "oauthcore:connections"
LOGOUT_REDIRECT_URL = "login"
CSRF_FAILURE_VIEW = "oauthcore.pages.errors.csrf_failure"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# ── https. The proxy answers http with a redirect, and so does Django ─────────────────────────────
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # asked from inside, over http
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = "DENY"
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the hosts below this one may have no https
    "security.W021",  # and the preload list of browsers is for whole domains
]

# ── OAuth ─────────────────────────────────────────────────────────────────────────────────────────
OAUTHCORE = {
    "ISSUER": ISSUER,
    "SITE_NAME": text("SITE_NAME", "My site"),
    "TOKEN_PREFIX": "mysite",
    "SCOPES": {"read": "Read your profile"},
    "JSON_PATHS": ["/v1/", "/.well-known/", "/oauth/token", "/oauth/revoke", "/oauth/introspect"],
    "TRUSTED_PROXIES": words("TRUSTED_PROXIES"),
    "SECOND_FACTOR_KEYS": [key for key in secret("SECOND_FACTOR_KEYS", "").split(",") if key],
    "CLEANUP_ON_WRITES": int(text("CLEANUP_ON_WRITES", "100")),
    "LIMITER_URL": text("LIMITER_URL", "") or None,
    "METRICS": True,
    "METRICS_TOKEN": secret("METRICS_TOKEN"),
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["oauthcore.api.drf.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "EXCEPTION_HANDLER": "oauthcore.api.drf.exception_handler",
}

# ── Words, files, mail and logs ───────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = text("STATIC_ROOT", str(BASE_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EMAIL_HOST = text("EMAIL_HOST", "localhost")
EMAIL_PORT = int(text("EMAIL_PORT", "587"))
EMAIL_HOST_USER = text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = secret("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = text("EMAIL_USE_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = text("EMAIL_FROM", f"noreply@{urlsplit(ISSUER).hostname}")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "oauthcore.logging.RequestIdFilter"},
        "without_secrets": {"()": "oauthcore.logging.WithoutSecrets"},
    },
    "formatters": {"json": {"()": "oauthcore.logging.JSONFormatter"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "filters": ["request_id", "without_secrets"],
        },
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
