"""The mistakes: what is planted, and the finding that it must lead to."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import NamedTuple

from oauthcore.models import GrantType, LegacySwitch, Profile
from tests.support.doctor import rows
from tests.support.doctor.planting import Site
from tests.support.mail import sent_by

WELL_KNOWN = "/.well-known/oauth-authorization-server"


class Mistake(NamedTuple):
    """One mistake."""

    name: str
    finding: str
    plant: Callable[[Site], object]


def _without(middleware: str) -> Callable[[Site], object]:
    def plant(site: Site) -> None:
        site.settings.MIDDLEWARE = [one for one in site.settings.MIDDLEWARE if middleware not in one]

    return plant


def _django(**values: object) -> Callable[[Site], object]:
    def plant(site: Site) -> None:
        for name, value in values.items():
            setattr(site.settings, name, value)

    return plant


def _oauthcore(**values: object) -> Callable[[Site], object]:
    return lambda site: site.oauthcore(**values)


def _answer(path: str, status: str, kind: str, body: bytes = b"", **more: str) -> Callable[[Site], object]:
    return lambda site: site.faults.answers.update({path: (status, kind, body, more)})


def _dropped(name: str) -> Callable[[Site], object]:
    return lambda site: site.faults.drops_of_answers.add(name)


def _old_issuer(site: Site) -> None:
    document = json.dumps({"issuer": "https://old.example"}).encode()
    _answer(WELL_KNOWN, "200 OK", "application/json", document)(site)


def _redirected(site: Site) -> None:
    _answer(WELL_KNOWN, "301 Moved", "text/html", Location=site.server.url + WELL_KNOWN)(site)


def _late_clock(site: Site) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=3), usegmt=True)
    site.faults.of_answers["Date"] = date


def _media_in_a_file(site: Site) -> None:
    (site.folder / "file").write_text("")
    site.settings.MEDIA_ROOT = str(site.folder / "file" / "media")


def _legacy(site: Site) -> None:
    switches = [LegacySwitch.QUERY_TOKEN.value]
    site.application(days=60, profile=Profile.OAUTH_2_0, legacy_switches=switches)


#: What is wrong with settings.
SETTINGS = [
    Mistake("an unknown key", "E001", _oauthcore(ISUER="https://example.org")),
    Mistake("an issuer without https", "E002", _oauthcore(ISSUER="http://example.org")),
    Mistake("an issuer with a slash", "E002", _oauthcore(ISSUER="https://example.org/")),
    Mistake("a proxy that is no network", "E005", _oauthcore(TRUSTED_PROXIES=["10.0.0"])),
    Mistake("a lifetime of a text", "E015", _oauthcore(ACCESS_TOKEN_LIFETIME="1 hour")),
    Mistake("the middleware is missing", "E009", _without("RequestIdMiddleware")),
    Mistake("a session cookie without Secure", "E013", _django(SESSION_COOKIE_SECURE=False)),
    Mistake("a path without a slash", "E018", _oauthcore(JSON_PATHS=["v1/"])),
    Mistake("the host is not allowed", "E030", _django(ALLOWED_HOSTS=["other.example"])),
    Mistake("sessions only for the site itself", "W020", _django(SESSION_COOKIE_SAMESITE="Strict")),
    Mistake(
        "mails to the console",
        "W021",
        _django(**sent_by("django.core.mail.backends.console.EmailBackend")),
    ),
    Mistake("no check of forms", "W022", _without("CsrfViewMiddleware")),
    Mistake("no keys for seeds", "W002", _oauthcore(SECOND_FACTOR_KEYS=[])),
    Mistake("a URLconf that cannot be loaded", "D001", _django(ROOT_URLCONF="no.such.module")),
    Mistake("another app complains", "D002", _django(SILENCED_SYSTEM_CHECKS=["oauthcore.W001"])),
    Mistake("DEBUG", "D010", _django(DEBUG=True)),
    Mistake("the key of startproject", "D011", _django(SECRET_KEY=f"django-insecure-{'x' * 50}")),
    Mistake("a CSRF cookie without Secure", "D012", _django(CSRF_COOKIE_SECURE=False)),
    Mistake("a session cookie for scripts", "D012", _django(SESSION_COOKIE_HTTPONLY=False)),
    Mistake("a session cookie for other sites", "D012", _django(SESSION_COOKIE_SAMESITE="None")),
    Mistake(
        "https is not believed",
        "D013",
        lambda site: site.oauthcore(TRUSTED_PROXIES=["10.0.0.1"]),
    ),
    Mistake(
        "sessions in a cache per process",
        "D014",
        _django(SESSION_ENGINE="django.contrib.sessions.backends.cached_db"),
    ),
    Mistake(
        "throttles in a cache per process",
        "D014",
        lambda site: _django(
            REST_FRAMEWORK={
                **site.settings.REST_FRAMEWORK,
                "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
            }
        )(site),
    ),
    Mistake(
        "sessions in cookies",
        "D015",
        _django(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"),
    ),
    Mistake("uploads cannot be written", "D016", _media_in_a_file),
    Mistake("paths that lead nowhere", "D017", _oauthcore(JSON_PATHS=["/api/v7/"])),
    Mistake("access tokens for ever", "D018", _oauthcore(ACCESS_TOKEN_LIFETIME=None)),
    Mistake("access tokens for a year", "D018", _oauthcore(ACCESS_TOKEN_LIFETIME=365 * 86400)),
]

#: What is wrong between the site and those who ask it.
ON_THE_WAY = [
    Mistake("nothing answers", "D030", _oauthcore(ISSUER="https://localhost:1")),
    Mistake("a certificate of nobody", "D031", lambda site: site.patch.delenv("SSL_CERT_FILE")),
    Mistake("the document is not there", "D033", _answer(WELL_KNOWN, "404 Not Found", "text/html")),
    Mistake("the document is a page", "D033", _answer(WELL_KNOWN, "200 OK", "text/html", b"<h1>Hi</h1>")),
    Mistake("the document has moved", "D033", _answer(WELL_KNOWN, "302 Found", "text/html", Location="/a")),
    Mistake("https is sent to https", "D034", _redirected),
    Mistake("an old issuer", "D035", _old_issuer),
    Mistake("no request id", "D036", _dropped("Request-Id")),
    Mistake("no CORS", "D037", _dropped("Access-Control-Allow-Origin")),
    Mistake("no challenge", "D038", _dropped("WWW-Authenticate")),
    Mistake("no Authorization", "D039", lambda site: site.faults.drops_of_requests.add("Authorization")),
    Mistake("answers for caches", "D040", _dropped("Cache-Control")),
    Mistake("error pages of the proxy", "D041", lambda site: site.faults.own_pages.add(404)),
    Mistake("no policy", "D042", _dropped("Content-Security-Policy")),
    Mistake(
        "no static files",
        "D043",
        _answer("/static/oauthcore/oauthcore.css", "404 Not Found", "text/html"),
    ),
    Mistake("no login page", "D044", _answer("/login", "500 Server Error", "text/html")),
    Mistake("the host of the proxy", "D045", lambda site: site.faults.of_requests.update(Host="localhost")),
    Mistake("http behind the proxy", "D045", lambda site: setattr(site.faults, "says_http", True)),
    Mistake("short request lines", "D046", lambda site: setattr(site.faults, "longest_line", 4094)),
    Mistake("a late clock", "D050", _late_clock),
    Mistake("no limiter", "D051", _oauthcore(LIMITER_URL="redis://:a-password-of-valkey@127.0.0.1:1/0")),
]

#: What rows tell.
ROWS = [
    Mistake("no migrations", "D060", rows.unmigrated),
    Mistake("no migrations of another app", "D060", lambda site: rows.unmigrated(site, "sessions")),
    Mistake("no cleanup", "D061", rows.expired_tokens),
    Mistake("nobody cleans up", "W060", rows.uncleaned),
    Mistake("imported tokens are over", "W100", rows.over),
    Mistake("imported tokens are refused", "W102", lambda site: rows.imported(site, never_ends=True)),
    Mistake("no clearsessions", "D062", rows.old_session),
    Mistake("no mails", "D063", rows.silent_expiry),
    Mistake("no logout tokens", "D063", rows.due_logout),
    Mistake("all from the proxy", "D064", rows.events_from_one_address),
    Mistake("nobody decides", "D065", rows.waiting_scope),
    Mistake("an unused switch", "D070", _legacy),
    Mistake(
        "an unused implicit grant",
        "D070",
        lambda site: site.application(
            days=60, profile=Profile.OAUTH_2_0, grant_types=[GrantType.IMPLICIT.value]
        ),
    ),
    Mistake("no redirect URI", "D071", lambda site: site.application(redirect_uris=[])),
    Mistake("a scope of yesterday", "D072", lambda site: site.application(scopes=["yesterday"])),
    Mistake("a redirect to a script", "D072", lambda site: site.application(redirect_uris=["javascript:a"])),
    Mistake("an unused application", "D073", lambda site: site.application(days=100)),
    Mistake("an old secret", "D074", rows.old_secret),
    Mistake("a rotated secret in use", "D075", rows.rotated_secret),
    Mistake("an unused service token", "D076", rows.unused_service_token),
    Mistake("a service token ends", "D077", rows.ending_service_token),
    Mistake("an admission ends", "D078", rows.ending_admission),
    Mistake("an application without its switch", "W090", rows.application_with_keys),
    Mistake("an old signing key", "W072", rows.old_signing_key),
]

MISTAKES = [*SETTINGS, *ON_THE_WAY, *ROWS]
