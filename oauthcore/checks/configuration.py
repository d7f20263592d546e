"""Checks of the ``OAUTHCORE`` dict: every key known, of its type, and within its bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, register

from oauthcore import conf
from oauthcore.checks.limiter import check_limiter
from oauthcore.checks.resources import check_resources
from oauthcore.rules.oauth import scopes
from oauthcore.rules.oauth.redirect_uris import is_scheme
from oauthcore.rules.tokens.secrets import SecretKind
from oauthcore.rules.wire.loopback import is_protected
from oauthcore.rules.wire.networks import are_everywhere, parse_network

_LONGEST_CODE_LIFETIME = 600
#: The most seconds that RFC 8628's people and devices should wait.
_BOUNDED = {
    "DEVICE_CODE_LIFETIME": 1800,
    "DEVICE_POLL_INTERVAL": 60,
    "PUSHED_REQUEST_LIFETIME": 600,
    "ID_TOKEN_LIFETIME": 86400,
}
_LIFETIMES = (
    *("ACCESS_TOKEN_LIFETIME", "REFRESH_TOKEN_LIFETIME", "CONSENT_LIFETIME"),
    *("USAGE_INTERVAL", "SECURITY_EVENT_LIFETIME", "REFUSAL_LIFETIME", "LEGACY_USE_WINDOW"),
    *("ANONYMOUS_EVENT_LIFETIME", "UNUSED_APPLICATIONS", "EXCHANGED_TOKEN_LIFETIME"),
    *("MASTODON_ACCESS_TOKEN_LIFETIME", "UNUSED_APPLICATION_LIFETIME", "KNOWN_ADDRESS_LIFETIME"),
    *("MFA_TOKEN_LIFETIME", "DEVICE_ACCESS_TOKEN_LIFETIME", "DEVICE_SESSION_IDLE_LIFETIME"),
    *("DEVICE_SESSION_LIFETIME", "JWT_ACCESS_TOKEN_LIFETIME", "SIGNING_KEY_LIFETIME"),
    *("DPOP_PROOF_LIFETIME", "DPOP_NONCE_LIFETIME"),
)


#: Why a setting must not name every network, and what to name instead.
_WHERE_NOT_ALL = {
    "TRUSTED_PROXIES": (
        "any client can pretend to have any address",
        "Name only your own proxies. A trusted proxy decides which address a request has.",
    ),
    "LOGOUT_TOKEN_NETWORKS": (
        "any application can have this site send requests to itself",
        "Name only the networks or addresses of your own tools.",
    ),
    "METRICS_NETWORKS": ("anybody can read them", "Name only the address or network of your Prometheus."),
}


@register()
def check_settings(**_: Any) -> list[CheckMessage]:
    """Check every value of ``OAUTHCORE``."""
    if unknown := conf.unknown_keys():
        hint = f"Remove {', '.join(unknown)}, or correct the spelling; docs/settings.md lists all keys."
        return [Error("OAUTHCORE has unknown keys.", hint=hint, id="oauthcore.E001")]
    if ill_typed := list(_check_types(settings := conf.settings())):
        return ill_typed
    return [
        *_check_issuer(settings.ISSUER),
        *_check_scopes(settings),
        *_check_backend(settings),
        *(found for name in _WHERE_NOT_ALL for found in _check_networks(name, getattr(settings, name))),
        *_check_secrets(settings),
        *_check_lifetimes(settings),
        *check_limiter(settings),
        *_check_paths(settings.JSON_PATHS),
        *_check_origins(settings.CORS_ALLOWED_ORIGINS),
        *_check_redirect_schemes(settings.REDIRECT_SCHEMES),
        *check_resources(settings),
    ]


def _check_types(settings: conf.Settings) -> Iterator[CheckMessage]:
    for name, hint in conf.types().items():
        if name.isupper() and not _fits(getattr(settings, name), hint):
            yield Error(
                f"{name} has a value of the wrong type.",
                hint=f"It is {_IN_WORDS[hint]}; docs/settings.md has an example.",
                id="oauthcore.E015",
            )


_IN_WORDS: dict[Any, str] = {
    str: "a text",
    bool: "True or False",
    str | None: "a text, or None",
    int: "a whole number",
    int | None: "a whole number, or None",
    Sequence[str]: "a list of texts",
    Sequence[str] | None: "a list of texts, or None",
    Sequence[int]: "a list of whole numbers, 1 or more",
    tuple[int, int]: "two whole numbers, how many in how many seconds",
    Mapping[str, Any]: "a dict",
}


def _fits(value: Any, hint: Any) -> bool:
    """Return whether a value is of one of the types that settings have."""
    if hint in (str | None, int | None):
        return value is None or isinstance(value, hint)
    if hint == Sequence[str] | None and value is None:
        return True
    if hint in (Sequence[str], Sequence[str] | None):
        return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
    if hint == Sequence[int]:
        return isinstance(value, list | tuple) and all(isinstance(one, int) and one > 0 for one in value)
    if hint == tuple[int, int]:
        is_pair = isinstance(value, list | tuple) and len(value) == 2
        return is_pair and all(isinstance(one, int) and one > 0 for one in value)
    return isinstance(value, Mapping if hint == Mapping[str, Any] else hint)


def _check_issuer(issuer: str) -> Iterator[CheckMessage]:
    hint = 'Set OAUTHCORE["ISSUER"] to the https address of this site, for instance "https://example.org".'
    if problem := _issuer_problem(issuer):
        yield Error(problem, hint=hint, id="oauthcore.E002")


def _issuer_problem(issuer: str) -> str | None:
    parts = urlsplit(issuer)
    if not issuer:
        return "ISSUER is missing."
    if not is_protected(parts):
        return "ISSUER is not an https address (http is for 127.0.0.1, [::1] and localhost only)."
    if not parts.netloc:
        return "ISSUER names no host."
    if set("?#") & set(issuer):
        return "ISSUER has a query or a fragment."
    return "ISSUER ends with a slash; clients compare it as text." if issuer.endswith("/") else None


def _check_scopes(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        words = settings.vocabulary.words
    except TypeError as error:
        hint = f"Use description, group, sensitive, account, includes and level: {error}."
        yield Error("A scope in SCOPES has an unknown member.", hint=hint, id="oauthcore.E003")
        return
    for name, word in words.items():
        if word.level not in set(scopes.Level):
            hint = f"Choose one of {', '.join(scopes.Level)}."
            yield Error(f"The scope {name!r} has an unknown level.", hint=hint, id="oauthcore.E003")
        if not scopes.is_name(name):
            hint = 'Use printable ASCII without space, quote, backslash and "+" (RFC 6749 section 3.3).'
            yield Error(f"{name!r} cannot be the name of a scope.", hint=hint, id="oauthcore.E003")
    included = (one for word in words.values() for one in word.includes)
    named = {*settings.DEFAULT_SCOPES, *(settings.SIGN_IN_SCOPES or ()), *included}
    for name in sorted(named - set(words)):
        hint = "Add it to SCOPES, or take it out of DEFAULT_SCOPES, SIGN_IN_SCOPES and every includes."
        yield Error(f"The scope {name!r} is named but not in SCOPES.", hint=hint, id="oauthcore.E003")


def _check_backend(settings: conf.Settings) -> Iterator[CheckMessage]:
    try:
        backend = settings.account_backend
    except (ImportError, TypeError) as error:
        hint = f"Name a class that can be made without arguments: {error}."
        yield Error("ACCOUNT_BACKEND cannot be loaded.", hint=hint, id="oauthcore.E004")
        return
    for method in ("accounts_of", "find", "is_live_user"):
        if not callable(getattr(backend, method, None)):
            hint = "See oauthcore.accounts.AccountBackend."
            yield Error(f"ACCOUNT_BACKEND has no method {method}.", hint=hint, id="oauthcore.E004")


def _check_networks(name: str, texts: Sequence[str]) -> Iterator[CheckMessage]:
    for text in texts:
        try:
            parse_network(text)
        except ValueError as error:
            yield Error(f"{text!r} in {name} is not a network.", hint=str(error), id="oauthcore.E005")
            return
    if are_everywhere(map(parse_network, texts)):
        why, hint = _WHERE_NOT_ALL[name]
        yield Error(f"{name} covers every address, so {why}.", hint=hint, id="oauthcore.E005")


def _check_secrets(settings: conf.Settings) -> Iterator[CheckMessage]:
    words = {kind.value for kind in SecretKind}
    for name, value in (
        ("TOKEN_PREFIX", settings.TOKEN_PREFIX),
        ("TOKEN_ENVIRONMENT", settings.TOKEN_ENVIRONMENT),
    ):
        if not value.isascii() or not value.replace("_", "").isalnum():
            yield Error(
                f"{name} is not usable.", hint="Use ASCII letters, digits and _.", id="oauthcore.E006"
            )
    if settings.TOKEN_ENVIRONMENT in words:
        hint = f"Choose a word other than {', '.join(sorted(words))}."
        yield Error(
            "TOKEN_ENVIRONMENT is already the prefix of another kind of secret.",
            hint=hint,
            id="oauthcore.E006",
        )


def _check_lifetimes(settings: conf.Settings) -> Iterator[CheckMessage]:
    if not 0 < settings.AUTHORIZATION_CODE_LIFETIME <= _LONGEST_CODE_LIFETIME:
        hint = f"Choose 1 to {_LONGEST_CODE_LIFETIME} seconds (RFC 6749 section 4.1.2); 60 is enough."
        yield Error("AUTHORIZATION_CODE_LIFETIME is out of bounds.", hint=hint, id="oauthcore.E007")
    for name, longest in _BOUNDED.items():
        if not 0 < getattr(settings, name) <= longest:
            hint = f"Choose 1 to {longest} seconds."
            yield Error(f"{name} is out of bounds.", hint=hint, id="oauthcore.E007")
    for name in _LIFETIMES:
        value = getattr(settings, name)
        if value is not None and value <= 0:
            hint = "Give whole seconds, 1 or more."
            yield Error(f"{name} is not positive.", hint=hint, id="oauthcore.E007")
    if settings.REFRESH_TOKEN_GRACE < 0:
        hint = "Give whole seconds; 0 turns the grace off."
        yield Error("REFRESH_TOKEN_GRACE is negative.", hint=hint, id="oauthcore.E007")
    if settings.REQUIRE_PUSHED_AUTHORIZATION_REQUESTS and not settings.PUSHED_AUTHORIZATION_REQUESTS:
        hint = "Switch PUSHED_AUTHORIZATION_REQUESTS on, or REQUIRE_PUSHED_AUTHORIZATION_REQUESTS off."
        text = "Pushed requests are required, and the site takes none, so nobody can ask for access."
        yield Error(text, hint=hint, id="oauthcore.E080")
    if settings.SELF_REGISTERED_TOKENS < 1:
        hint = "Give 1 or more."
        yield Error("SELF_REGISTERED_TOKENS allows no token.", hint=hint, id="oauthcore.E023")


def _check_origins(origins: Iterable[str]) -> Iterator[CheckMessage]:
    for origin in origins:
        parts = urlsplit(origin)
        if origin != "*" and (origin != f"{parts.scheme}://{parts.netloc}".lower() or not parts.hostname):
            hint = 'Write it as browsers do, in lower case and without a path: "https://app.example".'
            yield Error(
                f"{origin!r} in CORS_ALLOWED_ORIGINS is not an origin.", hint=hint, id="oauthcore.E031"
            )


def _check_paths(paths: Iterable[str]) -> Iterator[CheckMessage]:
    for path in paths:
        if not path.startswith("/"):
            hint = 'Begin it with a slash, as in "/v1/".'
            yield Error(f"{path!r} in JSON_PATHS matches no address.", hint=hint, id="oauthcore.E018")


def _check_redirect_schemes(schemes: Iterable[str]) -> Iterator[CheckMessage]:
    for scheme in schemes:
        if not is_scheme(scheme):
            hint = (
                'Write the scheme alone, as in "cursor". http and other schemes of browsers are not allowed.'
            )
            text = f"{scheme!r} in REDIRECT_SCHEMES cannot belong to an application."
            yield Error(text, hint=hint, id="oauthcore.E026")
