"""Its settings. mozilla-django-oidc reads no discovery document: each endpoint is named."""

from tests.support.relying_parties.shared_settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "mozilla_django_oidc"]
ROOT_URLCONF = "tests.support.relying_parties.with_mozilla.urls"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "mozilla_session", "mozilla_csrf"
AUTHENTICATION_BACKENDS = ["tests.support.relying_parties.with_mozilla.signing_in.Lumen"]

OIDC_RP_CLIENT_ID, OIDC_RP_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
OIDC_RP_SCOPES = "openid profile email"
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_USE_PKCE = True
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{ISSUER}/oauth/authorize"
OIDC_OP_TOKEN_ENDPOINT = f"{ISSUER}/oauth/token"
OIDC_OP_USER_ENDPOINT = f"{ISSUER}/oauth/userinfo"
OIDC_OP_JWKS_ENDPOINT = f"{ISSUER}/oauth/jwks"
OIDC_STORE_ID_TOKEN = True
OIDC_OP_LOGOUT_URL_METHOD = "tests.support.relying_parties.with_mozilla.signing_in.logout_url"
