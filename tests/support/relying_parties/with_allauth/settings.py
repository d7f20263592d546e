"""Its settings. allauth reads the discovery document."""

from tests.support.relying_parties.shared_settings import *

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ROOT_URLCONF = "tests.support.relying_parties.with_allauth.urls"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "allauth_session", "allauth_csrf"

ACCOUNT_ADAPTER = "tests.support.relying_parties.with_allauth.signing_in.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "lumen",
                "name": "Lumen",
                "client_id": CLIENT_ID,
                "secret": CLIENT_SECRET,
                "settings": {"server_url": ISSUER, "oauth_pkce_enabled": True},
            }
        ],
    }
}
