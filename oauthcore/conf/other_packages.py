"""The settings of packages that people move in from: how they sign and digest their tokens."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from oauthcore.rules.imports.knox import algorithm_called
from oauthcore.rules.imports.simplejwt import ALGORITHMS, Signing


def knox_algorithm() -> str:
    """Return the name of the algorithm of Knox's digests; raise ImproperlyConfigured for an unknown one."""
    try:
        return algorithm_called(knox("SECURE_HASH_ALGORITHM", "hashlib.sha512"))
    except ValueError as problem:
        raise ImproperlyConfigured(f"REST_KNOX: {problem}") from None


def knox(name: str, default: Any) -> Any:
    """Return a setting of Knox."""
    return getattr(settings, "REST_KNOX", {}).get(name, default)


def simplejwt(name: str, default: Any) -> Any:
    """Return a setting of SimpleJWT."""
    return getattr(settings, "SIMPLE_JWT", {}).get(name, default)


def simplejwt_signing() -> Signing:
    """Return how SimpleJWT signs refresh tokens; raise ImproperlyConfigured if that is not read.

    ``SIMPLE_JWT`` must stay among the settings as long as its tokens are accepted.
    """
    algorithm = simplejwt("ALGORITHM", "HS256")
    if algorithm not in ALGORITHMS:
        raise ImproperlyConfigured(f"SIMPLE_JWT: the algorithm {algorithm} is not read.")
    if algorithm.startswith("HS"):
        key = simplejwt("SIGNING_KEY", settings.SECRET_KEY)
    elif simplejwt("JWK_URL", None):
        raise ImproperlyConfigured("SIMPLE_JWT: keys at JWK_URL are not read. Set VERIFYING_KEY.")
    else:
        key = simplejwt("VERIFYING_KEY", "")
    leeway = simplejwt("LEEWAY", 0)
    audience = simplejwt("AUDIENCE", None)
    return _signing(
        algorithm=algorithm,
        key=key.decode() if isinstance(key, bytes) else str(key),
        audience=audience if audience is None or isinstance(audience, str) else tuple(audience),
        issuer=simplejwt("ISSUER", None),
        leeway=leeway if isinstance(leeway, timedelta) else timedelta(seconds=leeway),
        user_id_claim=simplejwt("USER_ID_CLAIM", "user_id"),
        jti_claim=simplejwt("JTI_CLAIM", "jti"),
        type_claim=simplejwt("TOKEN_TYPE_CLAIM", "token_type"),
        password_claim=(
            simplejwt("REVOKE_TOKEN_CLAIM", "hash_password")
            if simplejwt("CHECK_REVOKE_TOKEN", default=False)
            else None
        ),
    )


@lru_cache(maxsize=4)
def _signing(**values: Any) -> Signing:
    """Return the same object for the same settings, so that its key is read once."""
    signing = Signing(**values)
    try:
        _ = signing.native
    except ValueError as problem:
        raise ImproperlyConfigured(f"SIMPLE_JWT: {problem}.") from None
    return signing
