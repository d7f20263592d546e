"""System checks: each finds its fault, names it with a hint, and leaves a good configuration alone."""

from __future__ import annotations

import pytest
from django.core.checks import ERROR, WARNING

from oauthcore import conf
from tests.support.checks import found, ids
from tests.support.mail import mail_through

pytestmark = pytest.mark.sqlite_only("system checks read settings alone")


@pytest.fixture
def configure(settings):
    """Change keys of the site's ``OAUTHCORE``, which declares no resources."""
    good = settings.OAUTHCORE | {"RESOURCES": {}}

    def change(**keys):
        settings.OAUTHCORE = good | keys

    return change


def test_the_reference_site_has_nothing_wrong():
    assert found() == []


SCOPES = {"read": "Read"}

WRONG = [
    ("E001", {"ISUER": "https://id.example"}),
    ("E001", {"access_token_lifetime": 3600}),
    ("E002", {"ISSUER": ""}),
    ("E002", {"ISSUER": "id.example"}),
    ("E002", {"ISSUER": "http://id.example"}),
    ("E002", {"ISSUER": "http://localhost.evil.example"}),
    ("E002", {"ISSUER": "https://id.example/"}),
    ("E002", {"ISSUER": "https:///path"}),
    ("E003", {"SCOPES": {"read": {"descripton": "Read"}}}),
    ("E003", {"SCOPES": SCOPES | {"write": {"description": "Write", "level": "secret"}}}),
    ("E003", {"SCOPES": SCOPES | {"two words": "x"}}),
    ("E003", {"SCOPES": SCOPES | {'quo"te': "x"}}),
    ("E003", {"SCOPES": SCOPES | {"back\\slash": "x"}}),
    ("E003", {"SCOPES": SCOPES | {"read\r\nX: y": "x"}}),
    ("E003", {"SCOPES": SCOPES | {"plus+": "x"}}),
    ("E003", {"SCOPES": SCOPES | {"": "x"}}),
    ("E003", {"SCOPES": SCOPES | {"é": "x"}}),
    ("E003", {"SCOPES": SCOPES | {"all": {"description": "All", "includes": ["write"]}}}),
    ("E003", {"SCOPES": {"write": "Write"}}),
    ("E003", {"DEFAULT_SCOPES": ["nothing"]}),
    ("E003", {"SIGN_IN_SCOPES": ["read", "nothing"]}),
    *(
        ("E040", {"RESOURCES": {address: {"name": "Tools", "scopes": ["read"]}}})
        for address in (
            *("mcp", "/mcp", "https:/mcp", "https:///mcp", "urn:mcp", "ftp://id.example/mcp", ""),
            *("https://id.example/", "https://ID.example/mcp", "HTTPS://id.example/mcp"),
            *("https://id.example/mcp?x=1", "https://id.example/mcp#x", "https://a@id.example/mcp"),
            *("http://id.example/mcp", "https://id.example/m cp", "https://id.example/é", "https://[::1/mcp"),
        )
    ),
    ("E040", {"RESOURCES": {7: {"name": "Tools", "scopes": ["read"]}}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": "Tools"}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": {"scopes": ["read"]}}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": {"name": "Tools"}}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": {"name": "Tools", "scopes": "read"}}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": {"name": "Tools", "scopes": ["nothing"]}}}),
    ("E040", {"RESOURCES": {"https://id.example/mcp": {"name": "Tools", "scopes": ["read"], "x": 1}}}),
    ("E015", {"RESOURCES": ["https://id.example/mcp"]}),
    ("E004", {"ACCOUNT_BACKEND": "nowhere.Backend"}),
    ("E004", {"ACCOUNT_BACKEND": "oauthcore.accounts.Nothing"}),
    ("E004", {"ACCOUNT_BACKEND": "oauthcore.accounts.Account"}),
    ("E004", {"ACCOUNT_BACKEND": "builtins.dict"}),
    ("E005", {"TRUSTED_PROXIES": ["10.0.0.0/0.255.255.255"]}),
    ("E005", {"TRUSTED_PROXIES": ["10.0.0.0/8", "proxy.example"]}),
    ("E005", {"TRUSTED_PROXIES": ["10.0.0.1/8"]}),
    ("E005", {"TRUSTED_PROXIES": ["0.0.0.0/0"]}),
    ("E005", {"LOGOUT_TOKEN_NETWORKS": ["10.0.0.0/0.255.255.255"]}),
    ("E005", {"LOGOUT_TOKEN_NETWORKS": ["10.0.0.0/8", "grafana.example"]}),
    ("E005", {"LOGOUT_TOKEN_NETWORKS": ["10.0.0.1/8"]}),
    ("E005", {"LOGOUT_TOKEN_NETWORKS": ["0.0.0.0/0"]}),
    ("E005", {"LOGOUT_TOKEN_NETWORKS": ["10.0.0.1", "::/0"]}),
    ("E005", {"TRUSTED_PROXIES": ["10.0.0.1", "::/1", "8000::/1"]}),
    *(
        ("E031", {"CORS_ALLOWED_ORIGINS": [text]})
        for text in ("https://app.example/", "https://App.example", "app.example", "null", "https://", "")
    ),
    ("E006", {"TOKEN_PREFIX": ""}),
    ("E006", {"TOKEN_PREFIX": "with-dash"}),
    ("E006", {"TOKEN_PREFIX": "é"}),
    ("E006", {"TOKEN_ENVIRONMENT": "a b"}),
    ("E006", {"TOKEN_ENVIRONMENT": "access"}),
    ("E006", {"TOKEN_ENVIRONMENT": "refresh"}),
    ("E007", {"AUTHORIZATION_CODE_LIFETIME": 601}),
    ("E007", {"AUTHORIZATION_CODE_LIFETIME": 0}),
    ("E007", {"DEVICE_CODE_LIFETIME": 1801}),
    ("E007", {"DEVICE_CODE_LIFETIME": 0}),
    ("E007", {"DEVICE_POLL_INTERVAL": 0}),
    ("E007", {"DEVICE_POLL_INTERVAL": 61}),
    ("E007", {"PUSHED_REQUEST_LIFETIME": 601}),
    ("E080", {"REQUIRE_PUSHED_AUTHORIZATION_REQUESTS": True, "PUSHED_AUTHORIZATION_REQUESTS": False}),
    ("E007", {"ACCESS_TOKEN_LIFETIME": 0}),
    ("E007", {"REFRESH_TOKEN_LIFETIME": -1}),
    ("E007", {"CONSENT_LIFETIME": 0}),
    ("E007", {"USAGE_INTERVAL": 0}),
    ("E007", {"SECURITY_EVENT_LIFETIME": 0}),
    ("E007", {"REFRESH_TOKEN_GRACE": -1}),
    ("E007", {"DPOP_PROOF_LIFETIME": 0}),
    ("E007", {"DPOP_NONCE_LIFETIME": 0}),
    ("E023", {"SELF_REGISTERED_TOKENS": 0}),
    ("E015", {"ACCESS_TOKEN_LIFETIME": "1h"}),
    ("E015", {"ISSUER": None}),
    ("E015", {"SCOPES": ["read"]}),
    ("E015", {"DEFAULT_SCOPES": "read"}),
    ("E015", {"SIGN_IN_SCOPES": "read"}),
    ("E015", {"TRUSTED_PROXIES": "127.0.0.1"}),
    ("E015", {"JSON_PATHS": [1]}),
    ("E015", {"LOGIN_LIMIT": 5}),
    ("E015", {"LOGIN_LIMIT": [5, 0]}),
    ("E018", {"JSON_PATHS": ["api/"]}),
    ("E026", {"REDIRECT_SCHEMES": ["cursor://"]}),
    ("E026", {"REDIRECT_SCHEMES": ["cursor", "JavaScript"]}),
    ("E026", {"REDIRECT_SCHEMES": [""]}),
    ("E020", {"APPLICATIONS_PERMISSION": ""}),
    ("E020", {"APPLICATIONS_PERMISSION": "add_application"}),
    ("E020", {"APPLICATIONS_PERMISSION": "nowhere.add_application"}),
    ("E020", {"APPLICATIONS_PERMISSION": "oauthcore.add_aplication"}),
    ("E020", {"APPLICATIONS_PERMISSION": "oauthcore.models.add_application"}),
]


@pytest.mark.parametrize(("number", "keys"), WRONG, ids=lambda value: str(value)[:60])
def test_a_setting_that_cannot_work_is_an_error_with_a_hint(number, keys, configure):
    configure(**keys)

    errors = found()

    assert {error.id for error in errors} == {f"oauthcore.{number}"}
    assert all(error.level == ERROR and error.hint for error in errors)


@pytest.mark.parametrize(
    "keys",
    [
        {"ISSUER": "http://127.0.0.1:8000"},
        {"ISSUER": "http://localhost"},
        {"ISSUER": "http://[::1]:8000"},
        {"ISSUER": "https://id.example/tenant"},
        {"ACCESS_TOKEN_LIFETIME": None},
        {"AUTHORIZATION_CODE_LIFETIME": 600},
        {"AUTHORIZATION_CODE_LIFETIME": 1},
        {"TRUSTED_PROXIES": ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1", "::ffff:10.0.0.0/104"]},
        {"ACCOUNT_BACKEND": "oauthcore.accounts.NoAccounts"},
        {"SIGN_IN_SCOPES": None},
        {"SIGN_IN_SCOPES": []},
        {"SIGN_IN_SCOPES": ["read"]},
        {"APPLICATIONS_PERMISSION": None},
        {"APPLICATIONS_PERMISSION": "oauthcore.add_application"},
        {"APPLICATIONS_PERMISSION": "auth.view_group"},
        {"SCOPES": {"read": "Read", "all": {"description": "All", "includes": ["read"]}}},
    ],
    ids=str,
)
def test_a_setting_that_works_is_left_alone(keys, configure):
    configure(**keys)

    assert found() == []


def test_every_known_key_can_be_set_to_its_default(settings):
    defaults = {name: field.default for name, field in conf.Settings.__dataclass_fields__.items()}
    settings.OAUTHCORE = {
        name: value for name, value in defaults.items() if name not in ("ISSUER", "SCOPES", "RESOURCES")
    } | {"ISSUER": "https://id.example"}

    assert found() == []


@pytest.mark.parametrize("place", ["missing", "last", "second"])
def test_the_middleware_is_there_and_first(place, settings):
    ours, *others = settings.MIDDLEWARE
    settings.MIDDLEWARE = {
        "missing": others,
        "last": [*others, ours],
        "second": [others[0], ours, *others[1:]],
    }[place]

    assert ids() == ["oauthcore.E009"]


class UsersElsewhere:
    """A router that keeps users in a database of their own."""

    def db_for_write(self, model, **hints):
        return "users" if model._meta.label == "auth.User" else None

    db_for_read = db_for_write


class EverythingElsewhere:
    def db_for_write(self, model, **hints):
        return "users"

    db_for_read = db_for_write


def test_oauthcore_and_its_users_live_in_one_database(settings):
    settings.DATABASE_ROUTERS = ["tests.checks.test_configuration.UsersElsewhere"]
    assert ids() == ["oauthcore.E010"]

    settings.DATABASE_ROUTERS = ["tests.checks.test_configuration.EverythingElsewhere"]
    assert ids() == []


class TestBeforeDeployment:
    @pytest.fixture(autouse=True)
    def _of_a_good_site(self, settings, configure, engine):
        configure(ISSUER="https://id.example", SECOND_FACTOR_KEYS=["k" * 32])
        settings.SESSION_COOKIE_SECURE = True
        settings.ALLOWED_HOSTS = ["id.example", "127.0.0.1"]
        mail_through(settings, "smtp")
        engine("postgresql")

    @pytest.fixture
    def engine(self, settings, monkeypatch):
        """Change which database the settings name; the one in use stays."""
        return lambda name: monkeypatch.setitem(
            settings.DATABASES["default"], "ENGINE", f"django.db.backends.{name}"
        )

    def test_a_good_site_has_nothing_wrong(self):
        assert found(deploy=True) == []

    def test_the_issuer_is_https(self, settings):
        settings.OAUTHCORE = settings.OAUTHCORE | {"ISSUER": "http://127.0.0.1:8000"}

        assert ids(deploy=True) == ["oauthcore.E012"]
        assert ids() == []

    def test_the_session_cookie_travels_over_https_only(self, settings):
        settings.SESSION_COOKIE_SECURE = False

        assert ids(deploy=True) == ["oauthcore.E013"]

    def test_sqlite_is_warned_of(self, engine, settings, monkeypatch):
        engine("sqlite3")
        monkeypatch.setitem(settings.DATABASES["default"], "NAME", "/srv/mysite/db.sqlite3")

        (warning,) = found(deploy=True)
        assert (warning.id, warning.level) == ("oauthcore.W001", WARNING)
